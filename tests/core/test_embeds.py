"""Films and maps of known providers stay as marked links; nothing of another site is ever loaded by a body."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.core.embeds import Embed, embed_marked, embed_of, embeds_in
from cms.core.sanitize import sanitized_body, sanitized_html

VIDEO = "aqz-KE-bpKQ"
BOX = "bbox=116.8,-1.28,116.85,-1.25"
MAP = f"https://www.openstreetmap.org/export/embed.html?{BOX}&layer=mapnik&marker=-1.26,116.83"
IDS = st.text(st.sampled_from("abcXYZ019-_"), min_size=11, max_size=11)


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.youtube.com/embed/{VIDEO}", f"//www.youtube.com/embed/{VIDEO}?feature=oembed", f"https://youtu.be/{VIDEO}?t=3",
        f"https://www.youtube-nocookie.com/embed/{VIDEO}", f"https://www.youtube.com/watch?list=x&v={VIDEO}#t",
        f"https://m.youtube.com/shorts/{VIDEO}", f"http://youtube.com/live/{VIDEO}?si=1", f"https://www.youtube.com/v/{VIDEO}",
    ],
)  # fmt: skip
def test_every_spelling_of_a_film_is_the_same_film(address: str) -> None:
    assert embed_of(address) == Embed("youtube", VIDEO)


@pytest.mark.parametrize(
    "address",
    [
        f"https://youtube.com.jahat.example/embed/{VIDEO}", f"https://jahat.example/?https://youtu.be/{VIDEO}", "https://youtu.be/",
        f"https://user@www.youtube.com/embed/{VIDEO}", f"https://www.youtube.com/embed/{VIDEO}x", "javascript:alert(1)",
        "https://www.youtube.com/embed/live_stream?channel=x", "https://www.openstreetmap.org/export/embed.html?bbox=1,2,3",
        "https://www.openstreetmap.org/export/embed.html", "https://jahat.example/export/embed.html?bbox=1,2,3,4",
        f"https://www.openstreetmap.org/export/embed.html?{BOX}&{'a=b&' * 30}", "https://[x/export/embed.html",
    ],
)  # fmt: skip
def test_what_is_of_no_known_provider_is_no_embed(address: str) -> None:
    assert embed_of(address) is None


def test_a_frame_becomes_a_marked_link_and_data() -> None:
    source = (
        f'<p>Lihat:</p><iframe src="https://www.youtube.com/embed/{VIDEO}" title="Uji &lt;KIR&gt; &amp; \'tanya\'">x</iframe>'
        f'<p>Peta<iframe src="{escape(MAP)}"></iframe>kantor</p>'
        '<iframe src="https://www.youtube.com/embed/videoseries?list=PL0123456789"></iframe>'
    )

    body = sanitized_body(source, "html")

    assert body.removed == {}
    assert "<iframe" not in body.html
    assert f'<a href="https://www.youtube.com/watch?v={VIDEO}" data-embed="youtube:{VIDEO}" rel="' in body.html
    assert (
        'href="https://www.openstreetmap.org/?bbox=116.8,-1.28,116.85,-1.25&amp;mlat=-1.26&amp;mlon=116.83"'
        in body.html
    )
    assert "Peta <a" in body.html
    assert "</a> kantor" in body.html
    assert embeds_in(body.html) == [
        {"provider": "youtube", "id": VIDEO, "title": "Uji <KIR> & 'tanya'"},
        {"provider": "openstreetmap", "id": f"{BOX}&layer=mapnik&marker=-1.26,116.83", "title": None},
        {"provider": "youtube", "id": "videoseries?list=PL0123456789", "title": None},
    ]


@pytest.mark.parametrize(
    ("source", "body_format"),
    [
        (f"Lihat\n\n<https://youtu.be/{VIDEO}>\n", "markdown"),
        (f"Lihat\n\nhttps://youtu.be/{VIDEO}\n", "markdown"),
        (f"<p>https://www.youtube.com/watch?v={VIDEO}</p>", "html"),
        (f'<figure class="wp-block-embed"><div>\nhttps://www.youtube.com/watch?v={VIDEO}\n</div></figure>', "html"),
    ],
)
def test_an_address_alone_in_its_paragraph_is_one_too(source: str, body_format: str) -> None:
    assert embeds_in(sanitized_html(source, body_format)) == [{"provider": "youtube", "id": VIDEO, "title": None}]


def test_a_link_in_a_sentence_stays_a_link() -> None:
    source = f'<p>Baca <a href="https://youtu.be/{VIDEO}">ini</a></p><p><a href="https://youtu.be/{VIDEO}">Film</a></p>'
    assert embeds_in(sanitized_html(source, "html")) == []


@given(IDS | st.text(max_size=12), st.sampled_from(["youtube", "openstreetmap", "x"]), st.booleans())
def test_a_mark_holds_only_on_the_link_of_its_own_page(id: str, provider: str, is_right: bool) -> None:
    mark = f"{provider}:{id}"
    embed = embed_marked(mark)
    page = embed.page if embed and is_right else "https://lain.example/"

    html = sanitized_html(f'<p><a href="{escape(page)}" data-embed="{escape(mark)}">x</a> y</p>', "html")

    assert ("data-embed" in html) == (embed is not None and is_right)
    assert len(embeds_in(html)) == html.count("data-embed")
    assert embed is None or embed.mark == mark
