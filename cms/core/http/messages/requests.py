"""What is wrong with a request itself: its address, headers, body or file."""

from __future__ import annotations

from cms.core.http.messages.text import Problem, problem

REQUESTS: dict[str, Problem] = {
    "bad_request": problem(
        "Bad request", "Permintaan keliru", "The request could not be understood.", "Permintaan tidak dapat dipahami."
    ),
    "malformed_json": problem(
        "Malformed JSON",
        "JSON tidak sah",
        "The body is not acceptable JSON: {reason}.",
        "Isi permintaan bukan JSON yang dapat diterima: {reason}.",
    ),
    "malformed_form": problem(
        "Malformed form",
        "Formulir tidak sah",
        "The body is not acceptable multipart/form-data: {reason}.",
        "Isi permintaan bukan multipart/form-data yang dapat diterima: {reason}.",
    ),
    "body_cut_off": problem(
        "The body was cut off",
        "Isi permintaan terpotong",
        "The connection ended before {missing} announced bytes of the body; nothing was done. Send the request again.",
        "Sambungan berakhir sebelum {missing} bita isi yang diumumkan tiba; tidak ada yang dilakukan. Kirim ulang permintaan.",
    ),
    "body_too_slow": problem(
        "The body came too slowly",
        "Isi permintaan terlalu lambat",
        "The body stopped on its way or came too slowly; nothing was done. Send the request again.",
        "Isi permintaan berhenti di jalan atau datang terlalu lambat; tidak ada yang dilakukan. Kirim ulang permintaan.",
    ),
    "length_required": problem(
        "A length is needed",
        "Panjang isi diperlukan",
        "Send the body with Content-Length, not with Transfer-Encoding.",
        "Kirim isi dengan Content-Length, bukan dengan Transfer-Encoding.",
    ),
    "invalid_parameter": problem(
        "Invalid parameter",
        "Parameter tidak sah",
        "A query parameter or header is unknown or has a value that is not allowed; `errors` names it.",
        "Ada parameter atau tajuk yang tidak dikenal atau nilainya tidak diizinkan; lihat `errors`.",
    ),
    "unknown_field": problem(
        "Unknown field",
        "Bidang tidak dikenal",
        "The body has a field that this operation does not take; `errors` names it and lists the allowed ones.",
        "Isi permintaan memuat bidang yang tidak diterima operasi ini; `errors` menyebut bidang itu dan yang diizinkan.",
    ),
    "invalid_content": problem(
        "The content is not valid",
        "Isi tidak sah",
        "One or more fields break a rule; `errors` has one entry per field.",
        "Satu atau beberapa bidang melanggar aturan; `errors` memuat satu entri per bidang.",
    ),
    "invalid_cursor": problem(
        "Invalid cursor",
        "Kursor tidak sah",
        "The cursor is damaged or belongs to another filter or sort; start again without it.",
        "Kursor rusak atau milik saringan atau urutan lain; mulai lagi tanpa kursor.",
    ),
    "invalid_position": problem(
        "Invalid position",
        "Posisi tidak sah",
        "The position is damaged or not from this server; begin the copy anew without it.",
        "Posisi rusak atau bukan dari server ini; mulai lagi salinan tanpa posisi itu.",
    ),
    "position_expired": problem(
        "The position has expired",
        "Posisi sudah tidak berlaku",
        "The data were restored, or the key sees something else since then. Begin the copy anew at `snapshot`, and drop what is not in it.",
        "Data dipulihkan, atau kunci kini melihat hal lain. Mulai lagi salinan di `snapshot`, dan hapus yang tidak ada di sana.",
    ),
    "unsupported_media_type": problem(
        "Unsupported media type",
        "Jenis isi tidak didukung",
        "Send the body as {allowed}.",
        "Kirim isi sebagai {allowed}.",
    ),
    "unsupported_file_type": problem(
        "Unsupported file type",
        "Jenis berkas tidak didukung",
        "The file is {found}. Accepted are {allowed}.",
        "Berkas ini {found}. Yang diterima: {allowed}.",
    ),
    "storage_quota": problem(
        "The storage of the agency is full",
        "Ruang penyimpanan perangkat daerah penuh",
        "Files and images of {agency} take {used} of {limit} bytes; {coming} more do not fit. Remove files that are not needed, or ask the operators.",
        "Berkas dan gambar {agency} memakai {used} dari {limit} bita; {coming} bita lagi tidak muat. Hapus yang tidak diperlukan, atau "
        "hubungi pengelola.",
    ),
    "too_many_synonyms": problem(
        "There are enough synonyms",
        "Sinonim sudah cukup",
        "A city has at most {max} synonyms of its own: remove one that is not needed.",
        "Satu kota memiliki paling banyak {max} sinonim sendiri: hapus yang tidak diperlukan.",
    ),
    "too_many_webhooks": problem(
        "The consumer has enough endpoints",
        "Titik akhir konsumen sudah cukup",
        "A consumer has at most {max} endpoints: remove one that is not needed.",
        "Satu konsumen memiliki paling banyak {max} titik akhir: hapus yang tidak diperlukan.",
    ),
    "uri_too_long": problem(
        "The address is too long",
        "Alamat terlalu panjang",
        "At most {path} bytes of path and {query} bytes of query are read.",
        "Paling banyak {path} bita path dan {query} bita kueri yang dibaca.",
    ),
    "invalid_host": problem(
        "One host is needed",
        "Harus ada satu host",
        "The request must have one Host header that names one host.",
        "Permintaan harus memiliki satu tajuk Host yang menyebut satu host.",
    ),
    "headers_too_large": problem(
        "The headers are too large",
        "Tajuk terlalu besar",
        "At most {one} bytes of one header and {all} bytes of all are read.",
        "Paling banyak {one} bita satu tajuk dan {all} bita seluruhnya yang dibaca.",
    ),
    "too_large": problem(
        "Too large", "Terlalu besar", "The body is larger than {limit} bytes.", "Isi lebih besar dari {limit} bita."
    ),
    "method_not_allowed": problem(
        "Method not allowed",
        "Metode tidak diizinkan",
        "This address does not take this method; the header Allow lists what it takes.",
        "Alamat ini tidak menerima metode tersebut; tajuk Allow memuat yang diterima.",
    ),
    "not_acceptable": problem(
        "Not acceptable", "Tidak dapat disajikan", "This address answers JSON only.", "Alamat ini hanya menjawab JSON."
    ),
    "range_not_satisfiable": problem(
        "Range not satisfiable",
        "Rentang tidak tersedia",
        "The requested range lies outside the file of {bytes} bytes.",
        "Rentang yang diminta berada di luar berkas sebesar {bytes} bita.",
    ),
    "untrusted_host": problem(
        "Untrusted host",
        "Host tidak dipercaya",
        "This server does not answer for the host name of the request.",
        "Server ini tidak melayani nama host pada permintaan.",
    ),
}
