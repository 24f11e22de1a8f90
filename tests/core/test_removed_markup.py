"""Nothing that readers would have seen goes without a word: it is counted by its kind, and links keep their words (R-C1)."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cms.core.html_text import plain_text
from cms.core.http.messages.warnings import REMOVED_KINDS
from cms.core.removed_markup import KINDS
from cms.core.sanitize import UnsafeLinks, sanitized_body, sanitized_html
from cms.moderation.links import anchors

IMAGE = '<img src="https://lain.example/foto.jpg" width=300>'
LOST = {
    IMAGE: {"image": 1},
    '<img src="data:image/gif;base64,R0lGOD" alt="">': {"image": 1},
    '<img src="/wp-content/uploads/2019/foto.jpg">': {"image": 1},
    '<img data-src="foto.jpg">': {"image": 1},
    '<iframe src="https://lain.example/"><b>cadangan</b></iframe>': {"frame": 1},
    '<iframe srcdoc="<img src=x>"></iframe>': {"frame": 1},
    '<video controls><source src="film.mp4"></video>': {"video": 1},
    '<audio src="suara.mp3"></audio>': {"audio": 1},
    '<object data="x.swf"><param name=a><embed src="x.swf"><img src=a></object>': {"object": 1},
    '<embed src="x.swf">': {"object": 1},
    "<math><mi>x</mi><mo>=</mo><mn>2</mn></math>": {"formula": 1},
    '<svg viewBox="0 0 1 1"><path d="M0"/><text>a</text><a href="javascript:1"><text>b</text></a></svg>': {"drawing": 1},
    "<canvas></canvas>": {"drawing": 1},
    "<script>document.write('<img src=a>')</script>": {"script": 1},
    '<noscript><img src="a.jpg"></noscript>': {"script": 1},
    '<input type="text">': {"form_field": 1},
    "<select><option>satu</option></select>": {"form_field": 1},
    "<textarea><img></textarea>": {"form_field": 1},
    '<map><area href="https://lain.example/"></map>': {"link": 1},
    "<noembed><b></noembed>": {"text": 1},
    "<title>b</title>": {"text": 1},
    "<template><img src=a></template>": {"text": 1},
}  # fmt: skip
KEPT = [
    "kata ", "<p>paragraf</p>", '<img src="/v1/media/peta">', '<input type="hidden" value="a">', "<!-- <img> -->", "<style>p{}</style>",
    '<a href="https://dpu.example/">tautan</a>', '<a name="bab">', '<div class="x">', "</div>", "&lt;img&gt;", "<b>tebal</b>",
    '<iframe src="https://www.youtube.com/embed/aqz-KE-bpKQ"></iframe>', '<picture><source srcset="a.webp"></picture>',
]  # fmt: skip


@pytest.mark.parametrize(("piece", "removed"), LOST.items())
def test_each_kind_is_told_of(piece: str, removed: dict[str, int]) -> None:
    assert sanitized_body(f"<p>Sebelum {piece} sesudah</p>", "html").removed == removed


def test_every_kind_has_words_in_both_languages() -> None:
    assert set(KINDS.values()) == REMOVED_KINDS.keys()
    assert {kind for removed in LOST.values() for kind in removed} == REMOVED_KINDS.keys()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*LOST, *KEPT]), max_size=12))
@example([*LOST, *KEPT])
def test_every_loss_is_counted_once_and_a_second_look_finds_nothing(pieces: list[str]) -> None:
    body = sanitized_body(" ".join(pieces), "html")

    assert body.removed == Counter(kind for piece in pieces for kind in LOST.get(piece, {}))
    again = sanitized_body(body.html, "html")
    assert (again.html, again.removed) == (body.html, {})


def test_markdown_loses_pictures_of_other_sites_and_says_so() -> None:
    body = sanitized_body("![a](https://lain.example/a.png) kata ![b](gambar/b.png)\n\n<iframe>", "markdown")

    assert body.removed == {"image": 2}
    assert plain_text(body.html) == "kata\n\n<iframe>"


# --- links around what goes ---


@pytest.mark.parametrize(
    "inside", [IMAGE, "<svg></svg>", '<video src="a.mp4"></video>', f"<b>{IMAGE}</b> ", f"<p>{IMAGE}</p>"]
)
@pytest.mark.parametrize("link", ["https://lain.example/besar.jpg", "wp-content/besar.jpg"])
def test_a_link_that_shows_nothing_any_more_goes_with_its_picture(inside: str, link: str) -> None:
    body = sanitized_body(f'<div>Sebelum <a href="{link}">{inside}</a> sesudah</div>', "html")

    assert body.removed["link"] == 1
    assert anchors(body.html) == []
    assert plain_text(body.html).split() == ["Sebelum", "sesudah"]


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (f"<p>{IMAGE}<br>satu</p>", "<p>satu</p>"),
        (f"<p>satu<br>{IMAGE}</p>", "<p>satu</p>"),
        (f"<p>satu<br>{IMAGE}<br>dua</p>", "<p>satu<br>dua</p>"),
        (f'<p><a href="/x">{IMAGE}</a> {IMAGE}<br><br/>satu</p>', "<p> satu</p>"),
        (f"{IMAGE}<br>satu<br>{IMAGE}", "satu"),
        (f"<table><tr><td>{IMAGE}<br>satu</td></tr></table>", "<table><tbody><tr><td>satu</td></tr></tbody></table>"),
        (f"<p>satu {IMAGE}<br>dua</p>", "<p>satu <br>dua</p>"),
        ("<p><br>satu<br></p>", "<p><br>satu<br></p>"),
    ],
)
def test_no_empty_line_is_left_of_what_went(source: str, html: str) -> None:
    assert sanitized_html(source, "html") == html
    assert sanitized_html(html, "html") == html


def test_the_alternative_text_of_a_picture_keeps_its_link() -> None:
    source = (
        '<a href="https://lain.example/besar.jpg"><img src="https://lain.example/a.jpg" alt="Peta &lt;banjir&gt;"></a>'
    )

    body = sanitized_body(source, "html")

    assert body.removed == {"image": 1}
    assert plain_text(body.html) == "Peta <banjir>"
    assert [anchor.is_visible for anchor in anchors(body.html)] == [True]


def test_a_link_without_words_of_its_own_is_the_author_s() -> None:
    """Nothing was removed from it, so moderation looks at it."""
    body = sanitized_body('Kata <a href="https://dpu.example/"></a>' + IMAGE, "html")

    assert body.removed == {"image": 1}
    assert [anchor.is_visible for anchor in anchors(body.html)] == [False]


@pytest.mark.parametrize("source", ['<p><a href="/x"><h2>Judul</h2></a></p>', '<a href="/x">Judul<div></div></a>'])
def test_a_link_that_a_parser_splits_around_a_block_is_blamed_on_nobody(source: str) -> None:
    body = sanitized_body(source, "html")

    assert body.removed == {}
    assert [(anchor.address, anchor.is_visible) for anchor in anchors(body.html)] == [("/x", True)]


@pytest.mark.parametrize("href", ['href=""', 'href="  "', 'href="https://dpu.example:99999/"', 'href="https://[x/"'])
def test_a_link_that_leads_nowhere_is_unwrapped_and_told(href: str) -> None:
    body = sanitized_body(f"<p>Baca <a {href}>surat <b>edaran</b></a> ini</p>", "html")

    assert body.html == "<p>Baca surat <b>edaran</b> ini</p>"
    assert body.removed == {"link": 1}


def test_every_unsafe_link_is_named_with_its_place() -> None:
    source = (
        '<p><a href="https://dpu.example/">satu</a> <a href="javascript:x">dua <b>dan</b> lagi</a> <a href="">tiga</a>'
        '<a href="hal/4">empat</a></p>'
    )

    with pytest.raises(UnsafeLinks) as caught:
        sanitized_body(source, "html")

    assert [(found.number, found.words, found.address) for found in caught.value.links] == [
        (2, "dua dan lagi", "javascript:x"),
        (4, "empat", "hal/4"),
    ]


LINKS = st.sampled_from(
    ["https://dpu.example/a b", "/layanan", "mailto:a@dpu.example?subject=a b", "tel:+62 1", "", "javascript:x", "hal"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(LINKS, st.sampled_from(["", IMAGE, "<i>", "<td>"])), max_size=8))
def test_every_link_stays_or_is_named_or_counted_and_its_words_stay(written: list[tuple[str, str]]) -> None:
    source = "".join(
        f'<p><a href="{link}">kata{place} {inside}</a></p>' for place, (link, inside) in enumerate(written)
    )
    named: list[str] = []
    try:
        body = sanitized_body(source, "html")
    except UnsafeLinks as error:
        named = [found.address for found in error.links]
        source = "".join(part for part in source.split("<p>") if "javascript" not in part and '"hal"' not in part)
        body = sanitized_body(source, "html")

    assert len(named) == sum(link in {"javascript:x", "hal"} for link, _inside in written)
    assert len(anchors(body.html)) + body.removed.get("link", 0) + len(named) == len(written)
    assert [word for word in plain_text(body.html).split() if word.startswith("kata")] == [
        f"kata{place}" for place, (link, _inside) in enumerate(written) if link not in {"javascript:x", "hal"}
    ]
