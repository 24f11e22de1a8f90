"""Bodies as people bring them: old WordPress pages, Markdown files, pastes from word processors. All of them are ours.

A shape is a piece of such a body with the lines that readers get of it as text. Bodies are made of several shapes of one family.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Shape:
    """A piece of a body, and its lines as text; white space within a line counts as one space."""

    source: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Family:
    """Shapes that one program writes; `between` parts those of one body, `around` is what stands around all of them."""

    name: str
    shapes: Sequence[Shape]
    body_format: str = "html"
    between: str = "\n"
    parting: Sequence[str] = ()
    """The lines of what stands between two shapes."""
    around: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Body:
    """A whole body, with the lines that readers get."""

    name: str
    source: str
    body_format: str
    lines: Sequence[str]


def bodies_of(*families: Family, count: int) -> list[Body]:
    """So many different bodies: each shape alone, then three at a time, none beside the same ones again."""
    alone = [(family, (shape,)) for family in families for shape in family.shapes]
    steps = ((step, family) for step in range(1, 100) for family in families)
    together = [
        (family, tuple(family.shapes[(place + turn * step) % len(family.shapes)] for turn in range(3)))
        for step, family in steps
        for place in range(len(family.shapes))
        if step < len(family.shapes)
    ]
    return [_body(family, shapes, number) for number, (family, shapes) in enumerate([*alone, *together][:count])]


def _body(family: Family, shapes: Sequence[Shape], number: int) -> Body:
    begin, end = family.around
    source = begin + family.between.join(shape.source for shape in shapes) + end
    lines = [line for shape in shapes for line in (*family.parting, *shape.lines)]
    return Body(f"{family.name} {number}", source, family.body_format, lines[len(family.parting) :])


# --- WordPress: what stands in the field, before the site makes paragraphs of it ---

CLASSIC: Final = Family(
    "classic editor",
    [
        Shape("Baris satu\nbaris dua\n\nParagraf <em>kedua</em>.", ["Baris satu", "baris dua", "Paragraf kedua."]),
        Shape("Sebelum lipatan.<!--more-->Sesudah lipatan.", ["Sebelum lipatan.", "Sesudah lipatan."]),
        Shape("Halaman satu.\n\n<!--nextpage-->\n\nHalaman dua.", ["Halaman satu.", "Halaman dua."]),
        Shape("<center><b>PENGUMUMAN</b></center><center>Nomor 12 Tahun 2026</center>", ["PENGUMUMAN", "Nomor 12 Tahun 2026"]),
        Shape("<h1>Judul besar</h1>\nIsi di bawahnya.\n<h2>Anak judul</h2>\nIsi lagi.", ["Judul besar", "Isi di bawahnya.", "Anak judul", "Isi lagi."]),
        Shape("<ul>\n\t<li>satu</li>\n\t<li>dua\n<ol>\n\t<li>anak</li>\n\t<li>anak lagi</li>\n</ol>\n</li>\n</ul>", ["- satu", "- dua", "1. anak", "2. anak lagi"]),
        Shape('<ol type="a" start="3"><li>huruf c</li><li value="7">huruf g</li><li>huruf h</li></ol>', ["c. huruf c", "g. huruf g", "h. huruf h"]),
        Shape("<ol reversed><li>tiga</li><li>dua</li><li>satu</li></ol>", ["3. tiga", "2. dua", "1. satu"]),
        Shape("<dl><dt>Istilah</dt><dd>Artinya.</dd><dt>Lain</dt><dd>Arti lain.</dd></dl>", ["Istilah", "Artinya.", "Lain", "Arti lain."]),
        Shape("<blockquote>Kutipan panjang\n\nbersambung.</blockquote>\n<cite>Wali Kota</cite>", ["Kutipan panjang bersambung.", "Wali Kota"]),
        Shape("<address>Jl. Contoh 1\nBalikpapan</address>\nTelepon 112", ["Jl. Contoh 1 Balikpapan", "Telepon 112"]),
        Shape("<pre>kolom   satu\n  kolom dua</pre>", ["kolom satu", "kolom dua"]),
        Shape("H<sub>2</sub>O, 10<sup>6</sup>, <acronym title='x'>KTP</acronym>, <tt>tt</tt>, <big>besar</big>, <strike>coret</strike>", ["H₂O, 10⁶, KTP, tt, besar, coret"]),
        Shape("<table><caption>Anggaran</caption><tr><th>No</th><th>Uraian</th><th>Rp</th></tr><tr><td>1</td><td></td><td>500</td></tr></table>", ["Anggaran", "No | Uraian | Rp", "1 | | 500"]),
        Shape('[gallery ids="1,2"]\n\nKeterangan galeri.', ['[gallery ids="1,2"]', "Keterangan galeri."]),
        Shape('<div style="text-align:center"><span style="color:red">Merah</span> di tengah</div>', ["Merah di tengah"]),
        Shape("&nbsp;\n\nSesudah baris kosong &amp; tanda &lt;dan&gt;.", ["Sesudah baris kosong & tanda <dan>."]),
        Shape("<marquee>Selamat datang</marquee><font color=red>Awas</font> banjir", ["Selamat datang", "Awas banjir"]),
        Shape("<fieldset><legend>Formulir</legend><label>Nama</label> <input name=a></fieldset>", ["Formulir", "Nama"]),
        Shape("<hr />\n<h3>Bagian</h3><h4>Pasal</h4><h5>Ayat</h5><h6>Huruf</h6>", ["Bagian", "Pasal", "Ayat", "Huruf"]),
    ],
    between="\n\n",
)  # fmt: skip
BLOCKS: Final = Family(
    "block editor",
    [
        Shape("<!-- wp:paragraph --><p class='has-drop-cap'>Paragraf biasa.</p><!-- /wp:paragraph -->", ["Paragraf biasa."]),
        Shape('<!-- wp:heading {"level":1} --><h1 class="wp-block-heading">Judul</h1><!-- /wp:heading -->', ["Judul"]),
        Shape('<div class="wp-block-columns"><div class="wp-block-column"><p>Kiri</p></div><div class="wp-block-column"><p>Kanan</p></div></div>', ["Kiri", "Kanan"]),
        Shape('<ol style="list-style-type:lower-alpha" start="2"><li>huruf b</li><li>huruf c<ul><li>butir</li></ul></li></ol>', ["b. huruf b", "c. huruf c", "- butir"]),
        Shape('<ol reversed start="10"><li>sepuluh</li><li>sembilan</li></ol>', ["10. sepuluh", "9. sembilan"]),
        Shape('<figure class="wp-block-table"><table><thead><tr><th>Hari</th><th>Jam</th></tr></thead><tbody><tr><td>Senin</td><td>08.00</td></tr><tr><td></td><td>13.00</td></tr></tbody></table><figcaption>Jadwal</figcaption></figure>', ["Hari | Jam", "Senin | 08.00", "| 13.00", "Jadwal"]),
        Shape('<blockquote class="wp-block-quote"><p>Kutipan.</p><cite>Nama</cite></blockquote>', ["Kutipan.", "Nama"]),
        Shape('<pre class="wp-block-verse">larik satu\nlarik dua</pre>', ["larik satu", "larik dua"]),
        Shape('<pre class="wp-block-code"><code>&lt;b&gt; x</code></pre>', ["<b> x"]),
        Shape("<details class='wp-block-details'><summary>Syarat</summary><p>KTP asli.</p></details>", ["Syarat", "KTP asli."]),
        Shape('<div class="wp-block-buttons"><a href="/a">Daftar</a><a href="/b">Masuk</a><button>Tutup</button></div>', ["Daftar Masuk Tutup"]),
        Shape('<div class="wp-block-file"><a href="/berkas.pdf">berkas.pdf</a><a href="/berkas" download>Unduh</a></div>', ["berkas.pdf Unduh"]),
        Shape('<section class="wp-block-cover"><header>Kepala</header><main><article><p>Isi</p></article></main><footer>Kaki</footer></section>', ["Kepala", "Isi", "Kaki"]),
        Shape("<nav><ul><li><a href='/a'>Beranda</a></li><li><a href='/b'>Profil</a></li></ul></nav><aside>Samping</aside>", ["- Beranda", "- Profil", "Samping"]),
        Shape("<wp-latest><wp-item>Berita satu</wp-item><wp-item>Berita dua</wp-item></wp-latest>", ["Berita satu", "Berita dua"]),
        Shape("<p>Baris<br>patah<br />dua kali</p><hr class='wp-block-separator'/>", ["Baris", "patah", "dua kali"]),
        Shape('<p><ruby>漢<rt>kan</rt></ruby> <mark>tanda</mark> <kbd>Ctrl</kbd> <time datetime="2026">2026</time></p>', ["漢 kan tanda Ctrl 2026"]),
        Shape('<p dir="rtl">السلام عليكم</p><p dir="ltr">Salam</p>', ["السلام عليكم", "Salam"]),
        Shape("<menu><li>satu<li>dua</menu><dir><li>tiga</dir>", ["- satu", "- dua", "- tiga"]),
        Shape('<figure><img src="/v1/media/a" alt=""><figcaption>Keterangan gambar</figcaption></figure>', ["Keterangan gambar"]),
        Shape("<table><tr><td><h2>Tata letak</h2><p>Satu kolom</p><ul><li>butir</li></ul></td></tr></table>", ["Tata letak", "Satu kolom", "- butir"]),
        Shape("<table><tr><td rowspan=2>A</td><td colspan=2>B</td></tr><tr><td>C</td><td>D</td></tr></table>", ["A | B", "| C | D"]),
    ],
)  # fmt: skip

MARKDOWN: Final = Family(
    "Markdown",
    [
        Shape("# Judul\n\nIsi *miring* dan **tebal**.", ["Judul", "Isi miring dan tebal."]),
        Shape("Judul\n=====\n\nAnak judul\n----------\nIsi", ["Judul", "Anak judul", "Isi"]),
        Shape("Baris satu  \nbaris dua\\\nbaris tiga\nbersambung", ["Baris satu", "baris dua", "baris tiga bersambung"]),
        Shape("3. tiga\n4. empat\n   - anak\n     - cucu", ["3. tiga", "4. empat", "- anak", "- cucu"]),
        Shape("1) satu\n2) dua\n\n   paragraf kedua", ["1. satu", "2. dua", "paragraf kedua"]),
        Shape("* satu\n* dua\n\n* tiga", ["- satu", "- dua", "- tiga"]),
        Shape("- [ ] belum\n- [x] sudah", ["- [ ] belum", "- [x] sudah"]),
        Shape("> kutipan\n> > dalam\n\nsesudah", ["kutipan", "dalam", "sesudah"]),
        Shape("```sh\nls  -l\n\ncd /\n```", ["ls -l", "cd /"]),
        Shape("    kode menjorok\n\nsesudah `kode` sebaris", ["kode menjorok", "sesudah kode sebaris"]),
        Shape("| No | Nama | Rp |\n|---:|:---:|---|\n| 1 | | 500 |\n| | Siti | |", ["No | Nama | Rp", "1 | | 500", "| Siti |"]),
        Shape("| a | b |\n|-|-|\n| `x` \\| y | **z** |", ["a | b", "x | y | z"]),
        Shape('[tautan](/a) dan <https://balikpapan.go.id> dan [acuan][1]\n\n[1]: /b "Judul"', ["tautan dan https://balikpapan.go.id dan acuan"]),
        Shape("~~coret~~ &copy; &amp; 1 < 2 <b>bukan tag</b>", ["coret © & 1 < 2 <b>bukan tag</b>"]),
        Shape("Atas\n\n***\n\nBawah", ["Atas", "Bawah"]),
        Shape("1. a\n\n   > kutipan\n\n2. b\n   1. c\n   2. d", ["1. a", "kutipan", "2. b", "1. c", "2. d"]),
        Shape("\\* bukan butir\n\n1\\. bukan angka", ["* bukan butir", "1. bukan angka"]),
        Shape('Catatan[^1] dan "kutip" -- garis...\n\n[^1]: Catatan kaki.', ['Catatan[^1] dan "kutip" -- garis...', "[^1]: Catatan kaki."]),
        Shape("### Pasal 3 ###\n#### Ayat\n##### Huruf\n###### Angka", ["Pasal 3", "Ayat", "Huruf", "Angka"]),
        Shape("0. nol\n1. satu", ["0. nol", "1. satu"]),
    ],
    body_format="markdown",
    between="\n\nPemisah.\n\n",
    parting=["Pemisah."],
)  # fmt: skip

# --- word processors ---

_ITEM_OF_WORD = (
    "<p class=MsoListParagraphCxSpFirst style='text-indent:-.25in;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:"
    "Ignore'>{}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span><![endif]>{}<o:p></o:p></p>"
)
WORD: Final = Family(
    "Word",
    [
        Shape("<p class=MsoTitle align=center><b style='mso-bidi-font-weight:normal'>KEPUTUSAN</b></p><p class=MsoNormal>Nomor 1<o:p></o:p></p>", ["KEPUTUSAN", "Nomor 1"]),
        Shape("<h1>BAB I</h1><h2><span style='mso-fareast-font-family:x'>Pasal 1</span></h2>", ["BAB I", "Pasal 1"]),
        Shape(_ITEM_OF_WORD.format("a.", "huruf a") + _ITEM_OF_WORD.format("b.", "huruf b"), ["a. huruf a", "b. huruf b"]),
        Shape("<ol style='margin-top:0in' start=4 type=A><li class=MsoNormal style='mso-list:l1'>empat</li><li class=MsoNormal>lima</li></ol>", ["D. empat", "E. lima"]),
        Shape("<ol start=1 type=i><li><p class=MsoNormal>satu</p></li><li><p>dua</p><p>lanjutan</p></li></ol>", ["i. satu", "ii. dua", "lanjutan"]),
        Shape("<table class=MsoTableGrid border=1><tr style='mso-yfti-irow:0'><td width=50 valign=top><p class=MsoNormal>No<o:p></o:p></p></td><td><p class=MsoNormal>Nama</p></td><td><p>Rp</p></td></tr><tr><td><p>1</p></td><td><p class=MsoNormal><o:p>&nbsp;</o:p></p></td><td><p>5</p><p>juta</p></td></tr></table>", ["No | Nama | Rp", "1 | | 5 juta"]),
        Shape("<table><tr><td rowspan=2><p>Unit</p></td><td colspan=2><p>Tahun</p></td></tr><tr><td><p>2025</p></td><td><p>2026</p></td></tr></table>", ["Unit | Tahun", "| 2025 | 2026"]),
        Shape("<p class=MsoNormal>Menurut<a style='mso-footnote-id:ftn1' href=\"#_ftn1\" name=\"_ftnref1\"><span class=MsoFootnoteReference><![if !supportFootnotes]>[1]<![endif]></span></a> undang-undang.</p>", ["Menurut[1] undang-undang."]),
        Shape("<xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom></w:WordDocument></xml><p>Sesudah data.</p>", ["Sesudah data."]),
        Shape("<!--[if gte mso 9]><xml><o:AllowPNG/></xml><table><tr><td><![endif]--><p>Di luar komentar.</p>", ["Di luar komentar."]),
        Shape("<p>Luas 10<sup>6</sup> m<span style='vertical-align:super'>2</span> di <st1:place w:st=\"on\"><st1:City>Balikpapan</st1:City></st1:place>.</p>", ["Luas 10⁶ m² di Balikpapan."]),
        Shape('<div class=WordSection1><p><ins cite="mailto:x" datetime=2026>baru</ins> <del>lama</del></p></div>', ["baru lama"]),
        Shape("<p>Nama<span style='mso-tab-count:2'>&nbsp;&nbsp;&nbsp; </span>: Siti<br clear=all style='page-break-before:always'>NIP: 19</p>", ["Nama : Siti", "NIP: 19"]),
    ],
    around=("<html xmlns:o='urn:x'><head><meta charset=utf-8><title>x</title><style>p{margin:0}</style></head><body lang=IN><!--StartFragment-->", "<!--EndFragment--></body></html>"),
)  # fmt: skip
_LIST_OF_WORD_ONLINE = '<div class="ListContainerWrapper"><ol role="list" start="{}"><li role="listitem"><p class="Paragraph"><span class="TextRun"><span class="NormalTextRun">{}</span></span><span class="EOP">&nbsp;</span></p></li></ol></div>'
GOOGLE: Final = Family(
    "Google Docs",
    [
        Shape('<p dir="ltr" style="line-height:1.38"><span style="font-weight:400">Biasa </span><span style="font-weight:700">tebal</span></p>', ["Biasa tebal"]),
        Shape('<h1 dir="ltr"><span style="font-weight:400">Judul</span></h1><h3 dir="ltr"><span>Bagian</span></h3><br />', ["Judul", "Bagian"]),
        Shape('<ol style="margin-top:0"><li dir="ltr" style="list-style-type:lower-alpha" aria-level="1"><p dir="ltr" role="presentation"><span>satu</span></p></li><ol style="margin-top:0"><li dir="ltr" style="list-style-type:lower-roman" aria-level="2"><p dir="ltr"><span>anak</span></p></li></ol><li dir="ltr" style="list-style-type:lower-alpha"><p dir="ltr"><span>dua</span></p></li></ol>', ["a. satu", "i. anak", "b. dua"]),
        Shape('<ul><li dir="ltr" style="list-style-type:disc"><p dir="ltr"><span>butir</span></p></li></ul>', ["- butir"]),
        Shape('<div dir="ltr"><table style="border:none"><colgroup><col width="200" /><col width="200" /></colgroup><tbody><tr style="height:0pt"><td><p dir="ltr"><span>Hari</span></p></td><td><p dir="ltr"><span>Jam</span></p></td></tr><tr><td><br /></td><td><p dir="ltr"><span>08.00</span></p></td></tr></tbody></table></div>', ["Hari | Jam", "| 08.00"]),
        Shape('<p dir="ltr"><a href="/a" style="text-decoration:none"><span style="text-decoration:underline">Tautan</span></a><span> x</span><span style="font-size:0.6em;vertical-align:sub">2</span></p>', ["Tautan x₂"]),
        Shape('<google-sheets-html-origin><table dir="ltr" border="1"><tbody><tr><td data-sheets-value="x">A</td><td></td><td>C</td></tr></tbody></table></google-sheets-html-origin>', ["A | | C"]),
        Shape(_LIST_OF_WORD_ONLINE.format(1, "satu") + _LIST_OF_WORD_ONLINE.format(2, "dua"), ["1. satu", "2. dua"]),
    ],
    around=('<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1">', "</b>"),
)  # fmt: skip
OTHERS: Final = Family(
    "LibreOffice, Excel and others",
    [
        Shape('<p align="center" style="margin-bottom:0cm"><font face="Arial"><font size="4"><b>PERATURAN</b></font></font></p><p><br/></p>', ["PERATURAN"]),
        Shape('<ol type="I"><li><p>satu</p></li><ol type="a"><li><p>anak</p></li></ol><li><p>dua</p></li></ol>', ["I. satu", "a. anak", "II. dua"]),
        Shape('<div type="footer"><p>Halaman <sdfield type=PAGE>3</sdfield> dari 9</p></div><multicol cols=2><p>kolom</p></multicol>', ["Halaman 3 dari 9", "kolom"]),
        Shape('<dl><dd><table><col width="99"><tr><td><p>a</p></td><td><p><br></p></td><td><p>c</p></td></tr></table></dd></dl>', ["a | | c"]),
        Shape('<table border=0 cellpadding=0><col width=64><tr height=20 style="height:15pt"><td height=20 class=xl65>No</td><td class=xl65 x:num>1.250</td><td></td></tr></table>', ["No | 1.250 |"]),
        Shape("<tr><td>sel satu</td><td>sel dua</td></tr>", ["sel satu", "sel dua"]),
        Shape('<p class="p1"><span class="s1">Catatan</span><span class="Apple-converted-space">&nbsp;</span>Apple</p><ul class="ul1"><li class="li1">satu</li></ul>', ["Catatan Apple", "- satu"]),
        Shape('<div>Surel satu</div><div><br></div><div>Surel dua</div><div><span style="display:block">blok</span><span style="display:block">lain</span></div>', ["Surel satu", "Surel dua", "blok lain"]),
    ],
)  # fmt: skip

# --- what is pasted today ---

BUILDERS: Final = Family(
    "page builders and galleries",
    [
        Shape('<div data-elementor-type="wp-page" class="elementor" data-settings="{&quot;a&quot;:&quot;b&quot;}"><section class="elementor-section"><div class="elementor-widget-wrap"><div class="elementor-element" data-element_type="widget"><div class="elementor-widget-container"><h2 class="elementor-heading-title">Judul</h2></div></div><div class="elementor-widget"><ul class="elementor-icon-list-items"><li class="elementor-icon-list-item"><span class="elementor-icon-list-icon"><i aria-hidden="true" class="fas fa-check"></i></span><span class="elementor-icon-list-text">Satu</span></li></ul></div><a class="elementor-button" href="/a"><span class="elementor-button-content-wrapper"><span class="elementor-button-text">Klik</span></span></a></div></section></div>', ["Judul", "- Satu", "Klik"]),
        Shape('<div class="elementor-tabs"><div class="elementor-tab-title" role="tab"><a href="#t">Tab satu</a></div><div class="elementor-tab-content">Isi satu</div></div><div class="elementor-counter"><div><span>1</span><span>.200</span><span>+</span></div><div>Warga</div></div>', ["Tab satu", "Isi satu", "1.200+", "Warga"]),
        Shape('<!-- wp:gallery {"linkTo":"none"} --><figure class="wp-block-gallery has-nested-images"><!-- wp:image {"id":1} --><figure class="wp-block-image"><img src="/v1/media/a" alt="" class="wp-image-1"/><figcaption class="wp-element-caption">Satu</figcaption></figure><!-- /wp:image --><figure><img src="/v1/media/b"/></figure><figcaption>Galeri</figcaption></figure><!-- /wp:gallery -->', ["Satu", "Galeri"]),
        Shape('<div class="wp-block-media-text"><figure class="wp-block-media-text__media"><img src="/v1/media/a" alt=""/></figure><div class="wp-block-media-text__content"><p>Isi</p></div></div><p class="has-text-align-center">Tengah<br><br>Lagi</p><hr><div class="wp-block-spacer" aria-hidden="true" style="height:20px"></div><p>Akhir</p>', ["Isi", "Tengah", "Lagi", "Akhir"]),
        Shape('<figure class="wp-block-pullquote"><blockquote><p>Kutip</p><cite>Nama</cite></blockquote></figure>', ["Kutip", "Nama"]),
        Shape("<details><summary>A</summary>isi<details><summary>B</summary><ul><li>c</ul></details></details>", ["A", "isi", "B", "- c"]),
        Shape('<div class="panel"><div class="panel-heading"><h4><a data-toggle="collapse" href="#c">Syarat</a></h4></div><div id="c" class="collapse"><ol type="1"><li value="4">empat<li>lima</ol></div></div>', ["Syarat", "4. empat", "5. lima"]),
        Shape('<ul class="wp-block-list"><!-- wp:list-item --><li>satu<!-- wp:list --><ul class="wp-block-list"><li>anak</li></ul><!-- /wp:list --></li><!-- /wp:list-item --></ul>', ["- satu", "- anak"]),
        Shape('[caption id="a" align="left"]<img src="/v1/media/a" /> Keterangan[/caption]\n\n[vc_row][vc_column]Isi[/vc_column][/vc_row]', ['[caption id="a" align="left"] Keterangan[/caption]', "[vc_row][vc_column]Isi[/vc_column][/vc_row]"]),
        Shape("<dl><div><dt>Satu<dd>Arti<dd>Arti dua</div><dt>Dua</dt><dt>Tiga</dt><dd><p>x</p><p>y</p></dd></dl>", ["Satu", "Arti", "Arti dua", "Dua", "Tiga", "x", "y"]),
        Shape("<p><ruby>東<rp>(</rp><rt>とう</rt><rp>)</rp>京<rp>(</rp><rt>きょう</rt><rp>)</rp></ruby></p>", ["東(とう)京(きょう)"]),
        Shape('<div dir="rtl"><p>مرحبا 123 (abc)</p><ul dir="rtl"><li>واحد</li></ul></div><p><bdo dir="rtl">abc</bdo> <bdi>سلام</bdi></p>', ["مرحبا 123 (abc)", "- واحد", "abc سلام"]),
        Shape("<p>👨\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 🇮🇩 👍🏽 1️⃣ é</p>", ["👨\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 🇮🇩 👍🏽 1️⃣ é"]),
        Shape("<table><tr><td rowspan=2>A</td><td>B</td><td rowspan=3>C</td></tr><tr><td>D</td></tr><tr><td colspan=2>E</td></tr><tr><td>F</td><td>G</td><td>H</td></tr></table>", ["A | B | C", "| D", "E", "F | G | H"]),
        Shape("<p>Pasal 5<sup>a)</sup> ayat (2)<sup>[1]</sup></p>", ["Pasal 5a) ayat (2)[¹]"]),
    ],
)  # fmt: skip
LISTS: Final = Family(
    "lists of Word and Google Docs",
    [
        Shape('<p class=MsoListParagraphCxSpFirst style=\'mso-list:l0 level1 lfo1\'><![if !supportLists]><span><span style=\'mso-list:Ignore\'>1.<span style=\'font:7.0pt "Times New Roman"\'>&nbsp;&nbsp; </span></span></span><![endif]>Satu</p><p class=MsoListParagraphCxSpMiddle style=\'margin-left:1.0in;mso-list:l0 level2 lfo1\'><![if !supportLists]><span style=\'mso-list:Ignore\'>a.<span>&nbsp;</span></span><![endif]>Anak</p><p class=MsoListParagraph style=\'mso-list:l0 level1 lfo1\'><!--[if !supportLists]--><span style=\'font-family:Symbol;mso-list:Ignore\'>·<span>&nbsp;&nbsp;</span></span><!--[endif]-->Butir</p>', ["1. Satu", "a. Anak", "· Butir"]),
        Shape('<ol><li dir="ltr" style="list-style-type:decimal"><p><span>Satu</span></p></li><ol><li style="list-style-type:lower-alpha"><p><span>a</span></p></li><ol><li style="list-style-type:lower-roman"><p>x</p></li></ol><li style="list-style-type:lower-alpha"><p>b</p></li></ol><li style="list-style-type:decimal"><p>Dua</p></li></ol><ul><li style="list-style-type:disc"><p>butir</p></li><ul><li style="list-style-type:circle"><p>anak</p></li></ul></ul>', ["1. Satu", "a. a", "i. x", "b. b", "2. Dua", "- butir", "- anak"]),
        Shape('<ul><li dir="ltr" role="checkbox" aria-checked="false"><img src="data:image/png;base64,iVBORw0KGgo=" alt="checked" aria-roledescription="checkbox"/><p role="presentation">Tugas</p></li></ul>', ["- Tugas"]),
        Shape('<div class="ListContainerWrapper"><ul class="BulletListStyle1" role="list"><li data-listid="1" aria-level="1"><p><span><span>Satu</span></span></p></li></ul></div><div class="ListContainerWrapper"><ul role="list"><li data-listid="1" aria-level="2"><p>Anak</p></li></ul></div>', ["- Satu", "- Anak"]),
        Shape("<html><body><table border=0><!--StartFragment--><col width=64 span=2><tr height=20><td colspan=2 class=xl1>Judul</td></tr><tr><td x:num>1,5</td><td class=xl2 x:fmla='=A1'>2</td></tr><![if supportMisalignedColumns]><tr height=0 style='display:none'><td width=64></td></tr><![endif]><!--EndFragment--></table></body></html>", ["Judul", "1,5 | 2"]),
        Shape('<p style="text-indent: 1cm"><font face="Liberation Serif, serif">Isi</font></p><ol start="2"><li><p>Dua</p></li></ol><p><sdfield type=DATETIME sdval="1">1 Januari</sdfield></p><p><a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a>kata</p><div id="sdfootnote1"><p class="sdfootnote"><a class="sdfootnotesym" name="sdfootnote1sym" href="#sdfootnote1anc">1</a> Catatan</p></div>', ["Isi", "2. Dua", "1 Januari", "¹kata", "1 Catatan"]),
        Shape('<ol><li><p>satu</p></li></ol><p>sela</p><ol start="2"><li><p>dua</p></li></ol><ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>', ["1. satu", "sela", "2. dua", "- a", "- b"]),
    ],
)  # fmt: skip
MAIL: Final = Family(
    "mail and notes",
    [
        Shape('<div class=WordSection1><p class=MsoNormal>Yth. Bapak,<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class=MsoNormal><b>From:</b> Siti &lt;siti@x.example&gt; <br><b>Sent:</b> Senin<br><b>To:</b> Budi</p></div></div></div><div id="appendonsend"></div><hr tabindex="-1"><blockquote type="cite">Kutipan</blockquote>', ["Yth. Bapak,", "From: Siti <siti@x.example>", "Sent: Senin", "To: Budi", "Kutipan"]),
        Shape('<div dir="ltr">Halo<div><br></div><div>Dua</div><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Pada Sen, Budi &lt;<a href="mailto:b@x.example">b@x.example</a>&gt; menulis:<br></div><blockquote class="gmail_quote">Lama</blockquote></div></div>', ["Halo", "Dua", "Pada Sen, Budi <b@x.example> menulis:", "Lama"]),
        Shape('<h1>Judul</h1><p>Isi <code>kode</code></p><ul><li>satu<ul><li>anak</li></ul></li></ul><ul class="to-do-list"><li><div class="checkbox checkbox-on"></div> <span class="to-do-children-checked">Tugas</span></li></ul><details open=""><summary>Buka</summary>Isi</details><figure class="callout"><div><span class="icon">💡</span></div><div>Catatan</div></figure><table class="simple-table"><tbody><tr><th>a</th><td>b</td></tr></tbody></table>', ["Judul", "Isi kode", "- satu", "- anak", "- Tugas", "Buka", "Isi", "💡", "Catatan", "a | b"]),
        Shape('<p style="font-weight:bold" class="cvGsUA direction-ltr"><span class="OYPEnA font-feature-liga-off">Judul besar</span></p><p><span>baris</span><span> dua</span><br></p>', ["Judul besar", "baris dua"]),
        Shape('<p class="p1"><span class="s1"><b>Tebal</b></span></p><p class="p2"><br></p><ol class="ol1"><li class="li1"><span class="s2"></span>satu</li></ol>', ["Tebal", "1. satu"]),
        Shape("<p>Pasal 1</p><p>(1) Ayat satu</p><p>(2) Ayat dua</p>satu<br/>dua<br/>&nbsp;&nbsp;&nbsp;a.&nbsp;huruf a<br/>", ["Pasal 1", "(1) Ayat satu", "(2) Ayat dua", "satu", "dua", "a. huruf a"]),
        Shape('<div style="mso-special-format:bullet"><span>•</span><span>Satu</span></div><div>Dua</div>', ["•Satu", "Dua"]),
    ],
)  # fmt: skip

WORDPRESS_BODIES: Final = bodies_of(CLASSIC, BLOCKS, BUILDERS, count=143)
MARKDOWN_BODIES: Final = bodies_of(MARKDOWN, count=30)
WORD_PROCESSOR_BODIES: Final = bodies_of(WORD, GOOGLE, OTHERS, LISTS, MAIL, count=65)
