"""What sanitising must never let through (R-C1, R-C2): the lists of the requirements, one by one."""

from __future__ import annotations

import pytest

from cms.core.sanitize import UnsafeLinks, sanitized_html
from cms.moderation.assessing import read

NEVER = (
    "svg",
    "math",
    "style",
    "script",
    "iframe",
    "form",
    "template",
    "noscript",
    "title",
    "textarea",
    "xmp",
    "plaintext",
)


@pytest.mark.parametrize("tag", NEVER)
def test_these_elements_never_reach_a_reader(tag: str) -> None:
    html = sanitized_html(f"<p>Sebelum</p><{tag}><p>slot</p></{tag}>", "html")
    assert f"<{tag}" not in html
    assert "Sebelum" in html


@pytest.mark.parametrize(
    "attribute", ["title", "lang", "style", "id", "class", "onclick", "onerror", "dir", "hidden", "data-x"]
)
def test_these_attributes_never_reach_a_reader(attribute: str) -> None:
    for value in ("x", "/x", "#x", "https://x.id/"):
        given = f'{attribute}="{value}"'
        html = sanitized_html(f'<p {given}>Isi <b {given}>tebal</b> <a href="https://x.id/" {given}>a</a></p>', "html")
        assert html == '<p>Isi <b>tebal</b> <a href="https://x.id/" rel="noopener nofollow ugc">a</a></p>'


def test_comments_are_dropped() -> None:
    assert "slot" not in sanitized_html("<p>Isi</p><!-- slot gacor -->", "html")


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "data:text/html,x", "vbscript:x", "ftp://example.org", "//example.org/x", "https://u:p@example.org",
        "https:example.org", "https://example.org\\@x", "berita/x", "https://exa\u200bmple.org", "java\tscript:x",
    ],
)  # fmt: skip
def test_these_links_are_refused(link: str) -> None:
    with pytest.raises(UnsafeLinks):
        sanitized_html(f'<a href="{link}">x</a>', "html")


@pytest.mark.parametrize(
    "link", ["https://example.org/x", "http://example.org", "mailto:a@example.org", "tel:+62542", "/berita", "#a"]
)
def test_these_links_pass(link: str) -> None:
    html = sanitized_html(f'<a href="{link}">x</a>', "html")
    assert f'href="{link}"' in html
    assert ('rel="noopener nofollow ugc"' in html) == link.startswith("http")


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("<p>Teks <bdo dir='rtl'>kebalik</bdo></p>", "<bdo> at character 9"),
        ("<p>Satu&#x202E;dua</p>", "U+202E at character 8"),
        ("Satu &rlm;&#8238;dua", "U+202E at character 6"),
        ("a&#xe0073;b", "U+E0073 at character 2"),
    ],
)
def test_what_can_hide_or_reorder_text_is_named_with_its_place(source: str, place: str) -> None:
    [reason] = read({"/body": "Teks"}, "", source=source).hidden
    assert (reason.code, reason.pointer, reason.detail) == ("hidden_direction", "/body", place)


@pytest.mark.parametrize(
    "source",
    [
        '<p dir="ltr">Tempelan dari Google Docs</p>',
        '<p dir="rtl">\u0627\u0644\u0633\u0644\u0627\u0645</p>',
        "Tanda &lrm;arah&#8203; dan&shy; spasi &#x2028;baris",
        "Kata dir=rtl dalam teks, dan &lt;bdo&gt;",
    ],
)
def test_what_a_paste_brings_along_is_no_attack(source: str) -> None:
    assert read({"/body": "Teks"}, "", source=source).hidden == ()
