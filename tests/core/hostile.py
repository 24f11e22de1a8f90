"""The worst texts that we know of, made in any length: what some function somewhere takes the square of, or falls over."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count, islice

from cms.core.markup_bounds import MOST_LINKS

Maker = Callable[[int], str]

_SENTENCE = (
    "Pemerintah Kota membangun jalan baru di {0} agar warga lebih cepat sampai di pasar nomor {1}, sekolah dan puskesmas. "
    "Menurut **Dinas Pekerjaan Umum**, pekerjaan selesai bulan depan; [rincian](https://balikpapan.go.id/berita/{1}) ada di situs. "
)
_PLACES = ("Sepinggan", "Manggar", "Klandasan", "Gunung Sari", "Damai", "Telaga Sari", "Baru Ilir", "Kariangau")


def ordinary(size: int) -> str:
    """A long article as people write it, in Markdown: paragraphs, headings, lists, a few links."""
    parts: list[str] = []
    length = 0
    for number in count():
        sentence = _SENTENCE.format(_PLACES[number % len(_PLACES)], number)
        part = f"## Tahap {number}\n\n- satu\n- dua\n\n{sentence}\n\n" if number % 12 == 0 else sentence
        parts.append(part)
        length += len(part)
        if length >= size:
            return "".join(parts)[:size]
    raise AssertionError


def ordinary_html(size: int) -> str:
    """The same as an editor of websites sends it."""
    piece = (
        "<p>Pemerintah Kota membangun <strong>jalan baru</strong> di Sepinggan agar warga lebih cepat sampai di pasar, sekolah dan"
        ' puskesmas &amp; kantor; <a href="https://balikpapan.go.id/berita">rincian</a> ada di situs.</p>\n<ul><li>satu</li><li>dua</li></ul>\n'
    )
    return repeated(piece)(size)


def repeated(piece: str) -> Maker:
    """The piece again and again."""
    return lambda size: (piece * (size // len(piece) + 1))[:size]


def _numbered(pattern: str) -> Maker:
    """The pattern with a different number each time."""
    average = len(pattern.format("00000"))

    def made(size: int) -> str:
        return "".join(pattern.format(number) for number in islice(count(10_000), size // average + 1))[:size]

    return made


def _allowed_links(pattern: str) -> Maker:
    """As many different links as a body may have, and words behind them."""
    links = "".join(pattern.format(number) for number in range(10_000, 10_000 + MOST_LINKS))
    return lambda size: (links + "warga " * (size // 6))[:size]


def _table(size: int) -> str:
    columns = max(1, size // 20)
    head = "|a" * columns + "|\n" + "|-" * columns + "|\n"
    return (head + "|\n" * size)[:size]


def _indented(size: int) -> str:
    depth = int((2 * size) ** 0.5)
    return "".join(" " * level + "- a\n" for level in range(depth))[:size]


def _ticks(size: int) -> str:
    return "".join("`" * (number % 300 + 1) + " " for number in range(size // 100 + 1))[:size]


def _reopened(size: int) -> str:
    """Formatting that is never closed, opened again by the parser in every paragraph that follows."""
    half = size // 2
    return ("<p>" + _numbered("<b a={}>")(half) + repeated("<p>x")(half))[:size]


def _reopened_a_little(size: int) -> str:
    """The same with so few that it is taken."""
    return ("<p><b a=1><i b=2><u c=3><s d=4>" + repeated("<p>x y z w v ")(size))[:size]


PLAIN: dict[str, Maker] = {
    "combining marks": lambda size: "a" + "\u0301" * (size - 1),
    "marks out of order": repeated("\u0315\u0300\u05ae\u0344"),
    "marks that fall apart": repeated("\u0f73\u0f75\u0f81"),
    "marks beyond the first plane": repeated("\U0001d165\U0001d16d"),
    "kana marks": repeated("\uff9e\uff9f"),
    "as many marks as are allowed": repeated("a" + "\u0315\u0300" * 15),
    "one long word": repeated("a"),
    "letters that become eighteen": repeated("\ufdfa"),
    "letters that become six": repeated("\u33af"),
    "letters of Hangul": repeated("\u1112\u1161\u11ab"),
    "emoji": repeated("\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"),
    "other direction": repeated("a\u05d0 \u0627b "),
    "spaces": repeated(" "),
    "spaces that stay": repeated("\u00a0"),
    "many short lines": repeated("a\n"),
    "ampersands": repeated("&"),
    "entities": repeated("&#x41;"),
    "entities of marks": repeated("&#x591;"),
    "entities without an end": repeated("&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    "escaped ampersands": repeated("&amp;"),
    "one endless number": lambda size: "&#" + "9" * (size - 3) + ";",
    "endless numbers": repeated("&#" + "9" * 5_000 + ";"),
    "dots": repeated("a."),
    "domains": _numbered("abc{}.id "),
    "one domain of many labels": lambda size: ("a." * (size // 2))[: size - 6] + "abc.id",
    "addresses": _numbered("https://abc{}.co.id/x "),
    "foreign addresses": _numbered("https://\u00e9\u00e8{}.co.id/x "),
    "one long foreign address": lambda size: "https://" + "\u00e9" * (size - 8),
    "slashes": repeated("//a@"),
    "percent": repeated("%25"),
    "percent of marks": repeated("%D6%91"),
    "encodings in each other": repeated("%2526amp;"),
    "punycode": _numbered("xn--abc{} "),
    "letters apart": repeated("s l o t "),
    "letters in disguise": repeated("$l0t g4c0r "),
    "names with numbers": repeated("slot88 "),
    "words of the lexicon": repeated("slot parkir judi polisi "),
    "hyphens": repeated("-"),
    "digits of another script": repeated("\u0661"),
    "commas": repeated(","),
    "slashes and words": repeated("a/"),
    "at signs": repeated("a@"),
    "quotation marks": repeated('"'),
}
MARKUP: dict[str, Maker] = {
    "brackets": repeated("["),
    "pictures": repeated("!["),
    "half links": repeated("[a]("),
    "links": repeated("[a](/b) "),
    "links in links": repeated("[[a](/b)"),
    "links to everywhere": _numbered("[a](https://abc{}.id) "),
    "links to foreign hosts": _numbered("[a](https://\u00e9{}.id) "),
    "as many links as are allowed": _allowed_links("[a](https://\u00e9{}.id) "),
    "definitions": _numbered("[a{}]: /b\n"),
    "one definition, used": lambda size: "[a]: /" + "b" * (size // 4) + "\n\n" + repeated("[a] ")(size - size // 4),
    "definitions without an end": repeated("[a]: <"),
    "backticks": repeated("`"),
    "backticks of all lengths": _ticks,
    "stars": repeated("*a_ "),
    "stars and underscores": repeated("*_"),
    "tildes": repeated("~~a "),
    "pipes": repeated("|"),
    "a table of many columns": _table,
    "quotations": repeated("> "),
    "quotations in lists": repeated("> - "),
    "lists in lists": repeated("- "),
    "indented lists": _indented,
    "numbers of lists": repeated("1. "),
    "headings": repeated("# a\n"),
    "lines under headings": repeated("a\n=\n"),
    "backslashes": repeated("\\"),
    "angles": repeated("<"),
    "closing angles": repeated(">"),
    "half tags": repeated("<a "),
    "half comments": repeated("<!--"),
    "half instructions": repeated("<?"),
    "half data": repeated("<![CDATA["),
    "addresses in angles": repeated("<http://a>"),
    "colons": repeated("a:"),
    "bold in bold": repeated("<b>"),
    "bold, opened again": _reopened,
    "bold, opened again a little": _reopened_a_little,
    "frames": repeated("<iframe src=a>"),
    "frames, closed": repeated("<iframe src=a></iframe>"),
    "frames of films": repeated('<iframe src="https://www.youtube.com/embed/aqz-KE-bpKQ" title=a></iframe>'),
    "marks of films": repeated('<a data-embed="youtube:aqz-KE-bpKQ" href=/a>a</a>'),
    "addresses of films": repeated("<p>https://youtu.be/aqz-KE-bpKQ</p>"),
    "half addresses of films": repeated("<p>https://www.youtube.com/watch?v=&"),
    "one long address of a film": lambda size: (
        "<iframe src='https://www.youtube.com/watch?" + "a&" * (size // 2 - 25) + "'>"
    ),
    "pictures of other sites": repeated("<img src=http://a/b>"),
    "pictures of other sites in links": repeated("<a href=/a><img alt=b></a>"),
    "drawings in links": repeated("<a href=/a><svg></svg></a>"),
    "links without an address": repeated("<a href=''>a</a>"),
    "links without an address, open": repeated("<a>"),
    "links with spaces": repeated("<a href='/a b  c'>a</a>"),
    "blocks in blocks": repeated("<div>"),
    "blocks in blocks, closed": lambda size: "<div>" * (size // 11) + "</div>" * (size // 11),
    "blocks in cells": repeated("<div><table><td></div></table>"),
    "hidden ends": repeated("<div><!--</div>-->"),
    "ends in attributes": repeated('<div><br a="</div>">'),
    "ends in drawings": lambda size: "<svg><style>" + repeated("<div><!--</div>-->")(size - 12),
    "tables in tables": repeated("<table><tr><td>"),
    "many attributes": lambda size: "<p " + _numbered("a{} ")(size - 4) + ">",
    "one long attribute": lambda size: '<p a="' + "x " * (size // 2) + '">',
    "half attributes": repeated('<a href="'),
    "links of HTML": repeated("<a href=/x>"),
    "as many links of HTML as are allowed": _allowed_links('<a href="https://\u00e9{}.id">a</a> '),
    "schemes": _numbered('<a href="s{}:x">'),
    "paragraphs": repeated("<p>"),
    "ends of paragraphs": repeated("</p>"),
    "selections": repeated("<select><option>"),
    "drawings": repeated("<svg><g>"),
    "templates": repeated("<template>"),
    "blocks of other names": repeated("<center>a</center>"),
    "blocks of unknown names": _numbered("<x{0}>a</x{0}>"),
    "blocks of one unknown name": repeated("<x-y>a</x-y> "),
    "joined cells": lambda size: "<table>" + repeated("<tr><td colspan=9999 rowspan=9999>a<td>b")(size - 7),
    "tables of joined cells": repeated("<table><tr><td colspan=9999 rowspan=9999>a<td>b</table>"),
    "tables in cells beside cells": repeated("<table><tr><td>a<td>b"),
    "cells without a table": repeated("<td>a</td>"),
    "words in no cell": repeated("<table>a<tr>b</table>"),
    "lists that count backwards": repeated("<ol reversed><li>a"),
    "half data of Office": repeated("<xml>"),
    "data of Office": repeated("<xml><o:p></xml>"),
    "styles": repeated("<b style='font-weight:normal'>a</b>"),
    "one long style": lambda size: '<b style="' + "a:b;" * (size // 4) + '">',
    "spaces behind cells": lambda size: "<table><tr></td>" + " " * (size - 17) + "x",
    "paragraphs without an element": repeated("a\n\n"),
    "some paragraphs without an element": lambda size: repeated("a\n\n")(10_000) + repeated("kata b\n")(size - 10_000),
    "empty lines and spaces": repeated("\n   \n "),
    "links side by side": lambda size: ('<a href="/b">a</a><a href="/c">c</a>' * 900 + "warga " * size)[:size],
    "half divisions of a page": repeated("<!--more--"),
    "forms": repeated("<form><div></form>"),
}
EVERY: dict[str, Maker] = {**PLAIN, **MARKUP}
