"""Films and maps of known providers stay as marked links; nothing of another site is ever loaded by a body."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.core.embeds import Embed, embed_marked, embed_of, embeds_in
from cms.core.sanitize import sanitized_body, sanitized_html
from cms.moderation.links import anchors

VIDEO = "aqz-KE-bpKQ"
BOX = "bbox=116.8,-1.28,116.85,-1.25"
MAP = f"https://www.openstreetmap.org/export/embed.html?{BOX}&layer=mapnik&marker=-1.26,116.83"
IDS = st.text(st.sampled_from("abcXYZ019-_"), min_size=11, max_size=11)


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.youtube.com/embed/{VIDEO}", f"//www.youtube.com/embed/{VIDEO}?feature=oembed", f"https://youtu.be/{VIDEO}?si=t3",
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
        {"provider": "youtube", "id": VIDEO, "start": None, "title": "Uji <KIR> & 'tanya'"},
        {"provider": "openstreetmap", "id": f"{BOX}&layer=mapnik&marker=-1.26,116.83", "start": None, "title": None},
        {"provider": "youtube", "id": "videoseries?list=PL0123456789", "start": None, "title": None},
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
    assert embeds_in(sanitized_html(source, body_format)) == [
        {"provider": "youtube", "id": VIDEO, "start": None, "title": None}
    ]


@pytest.mark.parametrize(
    ("rest", "start"),
    [
        (f"embed/{VIDEO}?start=90", 90), (f"embed/{VIDEO}?feature=oembed&start=90&end=95", 90), (f"watch?v={VIDEO}&t=90s", 90),
        (f"watch?t=1m30s&v={VIDEO}", 90), (f"watch?v={VIDEO}#t=1h2m3s", 3723), (f"watch?v={VIDEO}&time_continue=90", 90),
        (f"watch?v={VIDEO}&t=", 0), (f"watch?v={VIDEO}&t=0", 0), (f"watch?v={VIDEO}&t=x", 0), (f"watch?v={VIDEO}&start=-5", 0),
        (f"watch?v={VIDEO}&start=99999999", 0),
    ],
)  # fmt: skip
def test_a_film_begins_where_its_author_said(rest: str, start: int) -> None:
    html = sanitized_html(f'<iframe src="https://www.youtube.com/{escape(rest)}"></iframe>', "html")

    assert embeds_in(html) == [{"provider": "youtube", "id": VIDEO, "start": start or None, "title": None}]
    address = f"https://www.youtube.com/watch?v={VIDEO}" + (f"&amp;t={start}" if start else "")
    mark = f"youtube:{VIDEO}" + (f"?start={start}" if start else "")
    assert f'<a href="{address}" data-embed="{mark}" rel=' in html
    assert sanitized_html(html, "html") == html


FRAME = f'<iframe src="https://www.youtube.com/embed/{VIDEO}"></iframe>'


@pytest.mark.parametrize(
    ("source", "links", "lost"),
    [
        (f'<p><a href="/x">{FRAME}</a></p>', ["Video YouTube"], {"link": 1}),
        (f'<a href="/x"><p>{FRAME}<br></p></a>', ["Video YouTube"], {"link": 1}),
        (f'<a href="/x">satu {FRAME}</a>', ["satu", "Video YouTube"], {}),
        (f'<a href="/x">satu {FRAME} dua</a> tiga', ["satu", "Video YouTube", "dua"], {}),
        (f'<a href="/x">{FRAME}{FRAME}</a>', ["Video YouTube", "Video YouTube"], {"link": 1}),
        (f'<a href="">{FRAME}</a><a href="/y">satu</a>', ["Video YouTube", "satu"], {"link": 1}),
        (f'<a href="/x">{FRAME.replace("></", " title=***></")}</a>', ["Video YouTube"], {"link": 1}),
    ],
)
def test_a_link_around_a_frame_is_held_against_nobody(source: str, links: list[str], lost: dict[str, int]) -> None:
    body = sanitized_body(source, "html")

    assert [anchor.is_visible for anchor in anchors(body.html)] == [True] * len(links)
    assert [" ".join(words.split()) for words in re.findall("<a [^>]*>([^<]*)</a>", body.html)] == links
    assert body.removed == lost
    assert sanitized_html(body.html, "html") == body.html


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
