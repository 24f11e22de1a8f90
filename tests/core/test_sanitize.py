"""What an editor's body may contain, whatever was pasted into it (R-C1 to R-C3)."""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cms.core.allowed_markup import ALLOWED_ATTRIBUTES, ALLOWED_TAGS
from cms.core.characters import first_hiding, tidied
from cms.core.errors import Invalid
from cms.core.html_text import plain_text
from cms.core.links import is_safe_link
from cms.core.markup_bounds import MOST_LINKS
from cms.core.sanitize import UnsafeLinks, sanitized_html
from tests.core.processor_time import takes_at_most

PIECES = st.sampled_from(
    [
        "<", ">", '"', "'", "&", "/", "=", " ", "\n", "text", "&lt;", "&#x202e;", "&#0;", "\u202e", "<!--", "-->", "<![CDATA[",
        "<script>", "</script>", "<style>", "<svg>", "<math>", "<mtext>", "<annotation-xml encoding='text/html'>",
        "<mglyph>", "<iframe srcdoc='<b>'>", "<form>", "<template>", "<noscript>", "<title>", "<textarea>", "<xmp>",
        "<plaintext>", "<table>", "<tr>", "<td>", "</table>", "<p>", "</p>", "<a href='https://x.id/'>", "</a>", "<a href='/p'>",
        "<a href='jav&#9;ascript:alert(1)'>", "<a href=//evil>", "<a href='data:text/html,x'>", "<img src=x onerror=alert(1)>",
        "<img src=/m/a.png alt='x\"y'>", "<img alt=a>", "<b onclick=x>", "<p style='x' class=y id=z>", "<pre>", "</pre>", "<ol start=7>",
        "<ol start=-x>", "<li>", "<li value=3 type=a>", "<ol reversed type=I>", "<h1>", "<center>", "<menu>", "<x-y>", "</x-y>", "<option>", "<xml>",
        "<b style='font-weight:normal'>", "<span style='font-weight:700'>", "</span>", "</b>", "<xml><o:p>", "</xml>", "<h2>", "<blockquote>", "<td colspan=2>", "<bdo dir=rtl>", "<p dir=rtl>", "<h1 dir=auto>", "<div>", "</div>", "<select>",
        "<iframe src=//www.youtube.com/embed/aqz-KE-bpKQ title='a\"<b'>", "</iframe>", "<a href=/p data-embed='youtube:aqz-KE-bpKQ' title=/x>",
        "<p>https://youtu.be/aqz-KE-bpKQ</p>", "<img alt='\U0001f642'>", "<a href=''>", "<a href='/a b' lang=/x>", "<svg></svg>", "<video>",
        "[a](/b)", "![a](/b.png)", "**", "`", "|", "- ", "# ", "[x]: javascript:1\n", "[x]", "<javascript:x>", "\n\n",
    ]
)  # fmt: skip


class Elements(HTMLParser):
    """Collects every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    unknown_decl = handle_decl
    handle_pi = handle_decl


def assert_harmless(html: str) -> None:
    parser = Elements()
    parser.feed(html)
    parser.close()
    assert parser.others == []
    for tag, attributes in parser.found:
        assert tag in ALLOWED_TAGS
        for name, value in attributes.items():
            if name == "rel":
                assert tag == "a"
                assert value == "noopener nofollow ugc"
                assert str(attributes["href"]).startswith("http")
            else:
                assert name in ALLOWED_ATTRIBUTES[tag]
            if name in {"href", "src"}:
                assert is_safe_link(value or "")
            if name == "href" and str(value).startswith("http"):
                assert "rel" in attributes
    assert first_hiding(html) is None
    assert tidied(html) == html


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join), st.sampled_from(["html", "markdown"]))
@example("<a><table><a href=/x></table><a href=/y>", "html")
@example("<pre>\n\n\nx</pre>", "html")
def test_whatever_goes_in_only_allowed_markup_comes_out_and_a_second_pass_changes_nothing(
    source: str, body_format: str
) -> None:
    try:
        html = sanitized_html(source, body_format)
    except UnsafeLinks:
        return
    assert_harmless(html)
    assert sanitized_html(html, "html") == html
    text = plain_text(html)
    assert text == text.strip()
    assert not re.search(r"[ \t]\n", text)


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java&#9;script:alert(1)", "java&NewLine;script:x", "&#1;javascript:x",
        "vbscript:x", "data:text/html;base64,eA==", "file:///etc/passwd", "ftp://x.id/", "blob:x", "//evil.id/x", "/\\evil.id", "\\\\evil",
        "https://user:pass@evil.id/", "https://user@evil.id", "https:evil.id", "https:/evil.id", "relative/path", "?q=1",
        "https://x.id/&#x202e;gpj.exe", "https://x.id/a&#x200b;b", "/" + "x" * 2_000, "mailto:", "tel:",
    ],
)  # fmt: skip
def test_an_unsafe_link_is_reported_with_its_address(link: str) -> None:
    with pytest.raises(UnsafeLinks) as caught:
        sanitized_html(f'<p>Baca <a href="{link}">ini</a></p>', "html")
    assert [(found.number, found.words) for found in caught.value.links] == [(1, "ini")]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "//evil.id", "https://u:p@evil.id/", "data:text/html,x", "halaman"]
)
def test_an_unsafe_link_in_markdown_is_reported_too(link: str) -> None:
    with pytest.raises(UnsafeLinks):
        sanitized_html(f"Baca [ini]({link})", "markdown")


@pytest.mark.parametrize(
    ("link", "html"),
    [
        ("https://balikpapan.go.id/a?b=1&c=2#d", '<a href="https://balikpapan.go.id/a?b=1&amp;c=2#d" rel="noopener nofollow ugc">'),
        ("HTTP://x.id", '<a href="HTTP://x.id" rel="noopener nofollow ugc">'),
        ("mailto:info@x.go.id", '<a href="mailto:info@x.go.id">'),
        ("tel:+62542112", '<a href="tel:+62542112">'),
        ("/layanan/ktp", '<a href="/layanan/ktp">'),
        ("#syarat", '<a href="#syarat">'),
    ],
)  # fmt: skip
def test_safe_links_stay_and_only_those_to_other_sites_are_marked(link: str, html: str) -> None:
    assert html in sanitized_html(f'<a href="{link}" target="_blank" rel="opener">x</a>', "html")


@pytest.mark.parametrize("link", ["http://", "https://[x", "http://a b.id/"])
def test_a_link_without_a_readable_host_is_not_kept(link: str) -> None:
    with suppress(UnsafeLinks):
        assert "href" not in sanitized_html(f'<a href="{link}">x</a>', "html")


def test_images_stay_only_from_the_library() -> None:
    html = sanitized_html("![Peta](/v1/media/peta) ![x](https://lain.id/x.png) ![y](/unggahan/y.png)", "markdown")
    assert html == '<p><img src="/v1/media/peta" alt="Peta">  </p>\n'


@pytest.mark.parametrize("name", ["title", "lang"])
def test_no_attribute_stays_on_an_element_that_may_not_have_it(name: str) -> None:
    source = f"<p {name}='/a'><a href='/b' {name}='slot'>x</a><b {name}=id>y</b></p>"
    assert sanitized_html(source, "html") == '<p><a href="/b">x</a><b>y</b></p>'


def test_html_inside_markdown_is_text() -> None:
    assert sanitized_html("<b onclick=x>a</b>", "markdown") == "<p>&lt;b onclick=x&gt;a&lt;/b&gt;</p>\n"


def test_plain_text_reads_like_the_page() -> None:
    source = (
        "# Judul\n\nSatu *kata*\nsebaris\\\nganti & baris.\n\n- a\n- b\n  1. c\n  2. d\n\n> kutipan\n\n| x | y |\n|-|-|\n| 1 | 2 |"
        "\n\n```\nkode   rapat\n```\n\nakhir"
    )
    assert plain_text(sanitized_html(source, "markdown")) == (
        "Judul\n\nSatu kata sebaris\nganti & baris.\n\n- a\n- b\n  1. c\n  2. d\n\nkutipan\n\nx | y\n1 | 2\n\nkode   rapat\n\nakhir"
    )


def test_text_that_looks_like_markup_stays_text() -> None:
    assert plain_text(sanitized_html("1 &lt; 2 &amp;amp; &lt;b&gt;", "html")) == "1 < 2 &amp; <b>"


def test_more_tags_than_anybody_writes_are_refused() -> None:
    with pytest.raises(Invalid):
        sanitized_html("<div>" * 10_001, "html")


SIZE = 200_000


@pytest.mark.slow
@pytest.mark.parametrize("body_format", ["html", "markdown"])
@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "*a_ ",
        "`",
        ">",
        "- ",
        "|",
        "[a](",
        "<",
        "<a ",
        "<!--",
        "&",
        "a:",
        "<b>",
        "<div>",
        "[a]: <",
        "[a\n",
        "a\n",
        "\\",
    ],
)
def test_hostile_input_of_the_largest_size_takes_seconds_at_most(piece: str, body_format: str) -> None:
    assert takes_at_most(30, lambda: plain_text(sanitized_html(piece * (SIZE // len(piece)), body_format)))


@pytest.mark.parametrize(
    ("tag", "body_format"),
    [("<a href='/b'>a</a>", "html"), ("<A\nHREF=/b>a</A>", "html"), ("[a](/b) ", "markdown")],
)
def test_more_links_than_anybody_writes_are_refused(tag: str, body_format: str) -> None:
    assert sanitized_html(tag * MOST_LINKS, body_format).count("<a ") == MOST_LINKS
    with pytest.raises(Invalid) as refused:
        sanitized_html(tag * (MOST_LINKS + 1), body_format)
    assert [(fault.name, fault.code) for fault in refused.value.errors] == [("/body", "too_many_links")]
