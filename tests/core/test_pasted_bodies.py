"""Bodies as websites, Markdown pages and word processors give them: every word stays in its order, every link stays, is named or is
counted, and every picture, film and frame is shown, kept as data or counted. What should come out is found by a parser of our own.
"""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.core.embeds import embeds_in
from cms.core.html_text import plain_text
from cms.core.markdown import html_from_markdown
from cms.core.sanitize import UnsafeLinks, sanitized_body
from cms.moderation.links import anchors

W = "https://situs-lama.example"
FILM = "SQEQr7c0-dw"
WEBSITES = {
    "gallery": f'<figure class="wp-block-gallery"><figure class="wp-block-image"><a href="{W}/a/"><img src="{W}/a.jpg" alt=""/></a>'
    f'<figcaption>Keterangan satu</figcaption></figure><figure><img src="{W}/b.jpg" alt=""/></figure><figcaption>Galeri</figcaption></figure>',
    "film, written": f'<figure class="wp-block-embed is-provider-youtube"><div>\nhttps://www.youtube.com/watch?v={FILM}\n</div></figure>',
    "film, shown": f'<figure class="wp-block-embed"><div><iframe loading="lazy" title="Judul &#8211; film" src="https://www.youtube.com/embed/'
    f'{FILM}?feature=oembed" allowfullscreen></iframe></div><figcaption>Film lama</figcaption></figure>',
    "message": f'<blockquote class="twitter-tweet"><p lang="en" dir="ltr">Teks <a href="{W}/t">gambar</a></p>&mdash; Kota '
    f'<a href="{W}/status">1 Juli</a></blockquote><script async src="{W}/widgets.js"></script>',
    "file": f'<div class="wp-block-file"><object data="{W}/x.pdf" type="application/pdf"></object><a href="{W}/x.pdf">surat</a>'
    f'<a href="{W}/x.pdf" class="wp-block-file__button" download>Unduh</a></div>',
    "caption": f'<div class="wp-caption alignleft"><a href="{W}/besar.jpg"><img src="{W}/kecil.jpg" alt=""></a><p>Keterangan</p></div>',
    "buttons": f'<div class="wp-block-buttons"><div><a class="wp-block-button__link" href="{W}/t">Tombol</a></div></div>',
    "icons": f'<ul><li><a href="{W}/f"><svg width="24"><path d=""/></svg><span class="screen-reader-text">Facebook</span></a></li>'
    f'<li><a href="{W}/x"><svg width="24"><path d=""/></svg></a></li></ul>',
    "sound": f'<figure class="wp-block-audio"><audio controls src="{W}/a.mp3"></audio><figcaption>Suara</figcaption></figure>',
    "film of the site": f'<video controls poster="p.jpg"><source src="a.mp4"><a href="{W}/a.mp4">Unduh film</a></video>',
    "emoji": f'<p>Halo <img src="{W}/1f642.png" alt="\U0001f642" class="wp-smiley"/> dunia</p>',
    "lazy picture": f'<p>Peta<img class="lazyload" src="data:image/svg+xml,%3Csvg%3E" data-src="{W}/a.jpg"><noscript><img src="{W}/a.jpg"></noscript></p>',
    "more": '<p>Satu</p><!--more--><p>Dua <a href="#bab">ke bab</a></p><!--nextpage-->',
    "attributes": f"<p><a href='{W}/?a=1&amp;b=2' title='x' target='_blank' rel='opener'>tautan</a></p>",
    "form": '<iframe src="https://docs.google.com/forms/d/e/x/viewform?embedded=true">Memuat</iframe><form><label>Nama</label><input name=n></form>',
    "formula": '<p>Rumus <math xmlns="http://www.w3.org/1998/Math/MathML"><mi>E</mi><mo>=</mo></math></p>',
    "link around blocks": f'<a href="{W}/"><div><img src="{W}/a.png"><h3>Judul</h3><p>Isi</p></div></a>',
    "link around a heading": f'<p>Awal</p><p><a href="{W}/h"><h2>Judul</h2></a></p>',
    "link around a block in a paragraph": f'<p>Awal <a href="{W}/p"><div><img src="{W}/a.png"></div></a></p>',
    "table with pictures": f'<table><tr><td><a href="{W}/1"><img src="{W}/1.jpg"></a></td><td>dua</td></tr></table>',
    "map": '<iframe src="https://www.openstreetmap.org/export/embed.html?bbox=116.8%2C-1.28%2C116.85%2C-1.25"></iframe><p><a href=""><small>besar</small></a></p>',
}  # fmt: skip
OFFICE = {
    "word": '<p class=MsoNormal><b><span style="mso-no-proof:yes"><!--[if gte vml 1]><v:shape id="x"><v:imagedata src="a.png"/></v:shape>'
    '<![endif]--><![if !vml]><img width=10 src="file:///C:/Users/x/a.png" v:shapes="x"><![endif]></span></b>Isi<a href="#_ftn1" '
    'name="_ftnref1"><span>[1]</span></a> <a href="file:///C:/dokumen.docx">lampiran</a><o:p></o:p></p>',
    "word, links": '<p><a href="mailto:info@dpu.example?subject=Izin Usaha">surat</a> <a name="_Toc1">bab</a> <a href="https://dpu.example/Surat Edaran.pdf">'
    "<span lang=IN>edaran</span></a></p>",
    "libreoffice": f'<p><a href="{W}/Peta%20jalan.pdf">Peta</a><img src="x_html_1.png" name="Image1"/></p><p><a href="#sdfootnote1sym"><sup>1</sup></a></p>',
    "google docs": '<b style="font-weight:normal;"><p dir="ltr"><span>Lihat </span><a href="https://www.google.com/url?q=https://dpu.example/">'
    '<span style="text-decoration:underline">ini</span></a><span><img src="https://lh7-rt.example/x" width="602"></span></p></b>',
    "relative": '<p><a href="lampiran/a.pdf">Lampiran</a> dan <a href="../b.htm">b</a></p>',
}  # fmt: skip
MARKDOWN = {
    "page": f"# Judul\n\nBaca [lampiran](berkas/a.pdf), [situs]({W}) dan ![gambar](gambar/a.png).\n\n[![lencana]({W}/b.svg)]({W}/b)\n",
    "references": f'Lihat [satu][1] dan <{W}/dua>.\n\n[1]: {W}/satu "Judul"\n',
    "film": f"Film:\n\nhttps://youtu.be/{FILM}\n\nselesai\n",
    "spaces": f"[surat](<{W}/Surat Edaran.pdf>) dan [telepon](<tel:0542 123456>)\n",
}  # fmt: skip
BODIES = {**WEBSITES, **OFFICE, **{name: html_from_markdown(text) for name, text in MARKDOWN.items()}}
UNSEEN = {"script", "style", "noscript", "iframe", "object", "svg", "math", "select", "textarea"}
KINDS = {"img", "video", "audio", "input", *UNSEEN} - {"style"}


class Source(HTMLParser):
    """Words that people see, addresses of links with something in them, and elements that go."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.others = 0
        self._unseen: list[str] = []
        self._is_in_link = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if not self._unseen:
            alt = given.get("alt") or ""
            is_sign = bool(alt) and not re.search(r"\w", alt)
            is_known = re.search("youtube|openstreetmap", given.get("src") or "") is not None
            if is_sign or (alt and self._is_in_link):
                self.words.append(alt)
            if is_known:
                self.words += (given.get("title") or "Peta OpenStreetMap").split()
            elif tag in KINDS and not is_sign:
                self.others += 1
            self._is_in_link |= tag == "a"
            if tag == "a" and "href" in given:
                self.links.append(given["href"] or "")
        if tag in UNSEEN and not (tag == "iframe" and self._unseen):
            self._unseen.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in UNSEEN:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and self._unseen[-1] == tag:
            self._unseen.pop()
        self._is_in_link &= tag != "a"

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words += data.split()


def check(html: str) -> None:
    source = Source(html)
    named: list[str] = []
    try:
        body = sanitized_body(html, "html")
    except UnsafeLinks as error:
        named = [found.address for found in error.links]
        # Its author takes the addresses out.
        for address in named:
            html = html.replace(f' href="{address}"', "")
        body = sanitized_body(html, "html")
    assert set(named) <= set(source.links)
    assert all(anchor.is_visible for anchor in anchors(body.html))
    # A named one has no address any more, so it is counted.
    lost = body.removed.get("link", 0)
    assert len(anchors(body.html)) - len(embeds_in(body.html)) + lost == len(source.links)
    assert sum(body.removed.values()) - lost == source.others
    assert characters(plain_text(body.html)) == characters(" ".join(source.words))


def characters(text: str) -> str:
    """The characters of a text without spaces, marks of lists and columns, and whether they are raised."""
    return re.sub(r"[\s|-]", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("name", BODIES)
def test_a_body_keeps_its_words_and_tells_of_everything_else(name: str) -> None:
    check(BODIES[name])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(sorted(BODIES)), min_size=2, max_size=6))
def test_so_do_bodies_of_many_such_parts(names: list[str]) -> None:
    check("\n".join(BODIES[name] for name in names))
