"""The words of warnings: what an answer tells that did not stop the request. Codes never change.

Warnings about a rule that is broken only later, such as `alt_needed`, have the words of that rule.
"""

from __future__ import annotations

from typing import Final

from cms.core.http.messages.text import Text

WARNINGS: Final[dict[str, Text]] = {
    "held": Text(
        "Held because of {finding} at {pointer}{detail}: a second person must approve this edition before it is published.",
        "Ditahan karena {finding} pada {pointer}{detail}: orang kedua harus menyetujui edisi ini sebelum diterbitkan.",
    ),
    "personal_data": Text(
        "At {pointer} there is {what} ({masked}): take it out, or whoever may publish confirms with a reason that it may be public.",
        "Pada {pointer} terdapat {what} ({masked}): hapus, atau yang berwenang menerbitkan menegaskan dengan alasan bahwa ini boleh diumumkan.",
    ),
    "removed_markup": Text(
        "Left out of the text: {kinds}. Upload pictures to the library; films and maps stay when YouTube or OpenStreetMap has them.",
        "Tidak disimpan dari teks: {kinds}. Unggah gambar ke pustaka; video dan peta tetap ada bila berasal dari YouTube atau "
        "OpenStreetMap.",
    ),
    "second_person_needed": Text(
        "An item that shows the image needs a second person: the words take effect when another person sends the same change.",
        "Konten yang menampilkan gambar ini perlu orang kedua: teks berlaku setelah orang lain mengirim perubahan yang sama.",
    ),
    "duplicate": Text(
        "The agency has this image already; nothing was changed.",
        "Perangkat daerah ini sudah memiliki gambar tersebut; tidak ada yang diubah.",
    ),
    "first_picture_only": Text(
        "The image moves; only its first picture is kept.",
        "Gambar ini bergerak; hanya gambar pertamanya yang disimpan.",
    ),
    "protected_file": Text(
        "The PDF is encrypted: readers may be asked for a password, or cannot copy it or have it read aloud, and nobody looked into it. It is "
        "saved by browsers, not shown. Save it without a password and upload it again.",
        "PDF ini dienkripsi: pembaca mungkin diminta kata sandi, atau tidak dapat menyalin atau mendengarkannya, dan isinya tidak diperiksa. "
        "Peramban menyimpannya, tidak menampilkannya. Simpan tanpa kata sandi lalu unggah lagi.",
    ),
    "bytes_beside_pdf": Text(
        "There are other bytes before or behind the PDF, so browsers save it and do not show it. Open it, save or print it as PDF, and upload it again.",
        "Ada bita lain sebelum atau sesudah isi PDF, sehingga peramban menyimpannya dan tidak menampilkannya. Buka, simpan atau cetak sebagai PDF, lalu "
        "unggah lagi.",
    ),
    "file_not_scanned": Text(
        "The virus scanner has not looked at this file yet: readers get it, and you too, once it was found clean. The publication does not wait for that.",
        "Berkas ini belum diperiksa pemindai virus: pembaca dan Anda baru mendapatkannya setelah dinyatakan bersih. Penerbitan tidak menunggu hal itu.",
    ),
    "formulas_in_cells": Text(
        "Cells of the table begin like formulas (=, or + - @ with a function): programs such as Excel would carry them out on the reader's computer. Check "
        "them, or put an apostrophe before them, and upload it again.",
        "Sel dalam tabel diawali seperti rumus (=, atau + - @ dengan fungsi): program seperti Excel akan menjalankannya di komputer pembaca. Periksa, atau "
        "beri tanda petik tunggal di depannya, lalu unggah lagi.",
    ),
}

DATA_KINDS: Final[dict[str, Text]] = {
    "nik": Text("the NIK of a person", "NIK seseorang"),
    "family_card": Text("the number of a family card", "nomor kartu keluarga"),
    "npwp": Text("the tax number of a person", "NPWP orang pribadi"),
    "telephone": Text("the telephone number of a person", "nomor telepon pribadi"),
    "bank_account": Text("the account number of a person", "nomor rekening pribadi"),
    "email": Text("the e-mail address of a person", "alamat surel pribadi"),
    "address": Text("a home address", "alamat rumah"),
    "more": Text("more of the same kind", "data lain yang sejenis"),
}

HOLD_REASONS: Final[dict[str, Text]] = {
    "lexicon": Text("words of gambling advertisements", "kata-kata iklan judi"),
    "unknown_domain": Text("a link to an unknown domain", "tautan ke domain yang tidak dikenal"),
    "empty_link": Text("links without words or a picture", "tautan tanpa teks atau gambar"),
    "many_links": Text("very many links", "tautan yang sangat banyak"),
    "hidden_direction": Text("characters that hide or reorder text", "karakter yang menyembunyikan atau membalik teks"),
    "not_read_whole": Text(
        "a file too long to be looked at whole", "berkas yang terlalu panjang untuk diperiksa seluruhnya"
    ),
    "blocked_link": Text("a link to a blocked domain", "tautan ke domain yang diblokir"),
}
"""What moderation found, by the code of the reason to hold."""

REMOVED_KINDS: Final[dict[str, Text]] = {
    "image": Text("pictures of other sites or inside the text", "gambar dari situs lain atau di dalam teks"),
    "frame": Text("pages of other sites (iframe)", "halaman situs lain (iframe)"),
    "video": Text("films", "video"),
    "audio": Text("sound", "audio"),
    "object": Text("embedded objects", "objek tertanam"),
    "formula": Text("formulas", "rumus"),
    "drawing": Text("drawings", "gambar vektor"),
    "script": Text("scripts", "skrip"),
    "form_field": Text("form fields", "bidang formulir"),
    "link": Text("links that led nowhere or showed nothing", "tautan tanpa alamat atau tanpa isi"),
    "text": Text("hidden texts", "teks tersembunyi"),
}
