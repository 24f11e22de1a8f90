"""What whoever meets a problem does about it: by its code where that says more, else by its status."""

from __future__ import annotations

from typing import Final

from cms.core.http.messages.text import Text

CURES_BY_STATUS: Final[dict[int, Text]] = {
    400: Text(
        "Correct the request; sent again as it is, it will be refused again.",
        "Perbaiki permintaannya; jika dikirim ulang seperti semula, akan ditolak lagi.",
    ),
    401: Text(
        "Get a token that holds: sign in again, or ask the administrator of your city for a delivery key.",
        "Gunakan token yang berlaku: masuk kembali, atau mintalah kunci kepada administrator kota Anda.",
    ),
    403: Text(
        "Ask an administrator for the role or the scope; sending it again does not help.",
        "Mintalah peran atau cakupannya kepada administrator; mengirim ulang tidak membantu.",
    ),
    404: Text(
        "Check the address. If you keep a copy of what was there, remove it.",
        "Periksa alamatnya. Jika Anda menyimpan salinannya, hapuslah.",
    ),
    405: Text("Use a method that the header Allow names.", "Gunakan metode yang disebut tajuk Allow."),
    406: Text("Ask for application/json, or leave Accept away.", "Mintalah application/json, atau tanpa tajuk Accept."),
    408: Text("Send it again, over a better line.", "Kirim ulang melalui sambungan yang lebih baik."),
    409: Text(
        "Read the present state, then decide anew; sent again as it is, it will be refused again.",
        "Baca keadaan sekarang, lalu putuskan kembali; jika dikirim ulang seperti semula, akan ditolak lagi.",
    ),
    410: Text(
        "Remove your copy and show the explanation to visitors.",
        "Hapus salinan Anda dan tampilkan penjelasannya kepada pengunjung.",
    ),
    411: Text("Send the header Content-Length.", "Kirim tajuk Content-Length."),
    412: Text(
        "Read it again, show the person what changed, and send it with the new version.",
        "Baca kembali, tunjukkan perubahannya kepada penyunting, lalu kirim dengan versi yang baru.",
    ),
    413: Text("Send less, or a smaller file.", "Kirim lebih sedikit, atau berkas yang lebih kecil."),
    414: Text("Shorten the address.", "Pendekkan alamatnya."),
    415: Text("Send it in a form that is accepted.", "Kirim dalam bentuk yang diterima."),
    416: Text("Ask for the whole file, without Range.", "Mintalah seluruh berkas, tanpa Range."),
    422: Text(
        "Show the person each entry of `errors`, at the field that it names.",
        "Tunjukkan setiap entri `errors` kepada penyunting, pada bidang yang disebutnya.",
    ),
    428: Text("Read it first and send its version along.", "Baca dahulu, lalu sertakan versinya."),
    429: Text(
        "Wait as long as Retry-After says, then send it again.", "Tunggu selama yang disebut Retry-After, lalu kirim ulang."
    ),
    431: Text("Send fewer and shorter headers.", "Kirim tajuk yang lebih sedikit dan lebih pendek."),
    500: Text(
        "Tell whoever runs the server the `request_id`.", "Sampaikan `request_id` kepada pengelola server ini."
    ),
    503: Text(
        "Wait as long as Retry-After says, or half a minute, then send it again.",
        "Tunggu selama yang disebut Retry-After, atau setengah menit, lalu kirim ulang.",
    ),
}  # fmt: skip

CURES: Final[dict[str, Text]] = {
    "invalid_parameter": Text(
        "Correct what `errors` names; the rule's own line says what is allowed.",
        "Perbaiki yang disebut `errors`; baris aturannya menyebut yang diizinkan.",
    ),
    "unknown_field": Text(
        "Leave the field away, or write it as the reference does.",
        "Hilangkan bidang itu, atau tulis seperti dalam referensi.",
    ),
    "body_cut_off": Text("Send it again, over a better line.", "Kirim ulang melalui sambungan yang lebih baik."),
    "invalid_cursor": Text(
        "Ask for the first page again and follow `links.next` as it is.",
        "Mintalah halaman pertama lagi dan ikuti `links.next` apa adanya.",
    ),
    "invalid_position": Text("Begin the copy anew, without a position.", "Mulai lagi salinannya, tanpa posisi."),
    "misdirected": Text(
        "Use the addresses in `waiting` of /v1/capabilities for requests that wait, and the public address for all others.",
        "Gunakan alamat dalam `waiting` dari /v1/capabilities untuk permintaan yang menunggu, dan alamat publik untuk lainnya.",
    ),
    "too_many_streams": Text(
        "Share one stream among the pages of a site; apps on telephones ask /v1/changes instead.",
        "Pakai satu aliran bersama untuk semua halaman situs; aplikasi di telepon membaca /v1/changes saja.",
    ),
    "position_expired": Text(
        "Begin the copy anew at `snapshot`, and drop what is not in it.",
        "Mulai lagi salinan di `snapshot`, dan hapus yang tidak ada di sana.",
    ),
    "untrusted_host": Text(
        "Use the public address of the server; whoever runs it lists its names in TRUSTED_HOSTS.",
        "Gunakan alamat publik server ini; pengelolanya mendaftarkan nama-namanya dalam TRUSTED_HOSTS.",
    ),
    "invalid_credentials": Text(
        "Type them again; an administrator can give you a new password.",
        "Ketik kembali; administrator dapat memberi Anda kata sandi baru.",
    ),
    "password_change_needed": Text("Choose a password of your own.", "Pilih kata sandi Anda sendiri."),
    "person_frozen": Text("Talk to a central editor.", "Hubungi redaktur pusat."),
    "preview_closed": Text("Come back when it is approved.", "Kembalilah setelah disetujui."),
    "preview_ended": Text(
        "Ask whoever gave you the link for a new one.", "Mintalah tautan baru kepada yang memberikannya."
    ),
    "redirected": Text(
        "Send visitors to `target`, and remove your copy.", "Arahkan pengunjung ke `target`, dan hapus salinan Anda."
    ),
    "rights_changed": Text("Send it again.", "Kirim ulang."),
    "idempotency_running": Text(
        "Repeat it, with the same key, after the time in Retry-After.",
        "Ulangi, dengan kunci yang sama, setelah waktu dalam Retry-After.",
    ),
    "idempotency_key_reused": Text("Take a new key for a new request.", "Gunakan kunci baru untuk permintaan baru."),
    "epoch_changed": Text(
        "Forget cursors and positions, and read everything anew.",
        "Lupakan kursor dan posisi lama, dan baca semuanya dari awal.",
    ),
    "held": Text(
        "Submit it and ask for an approval, or take out what was found.",
        "Ajukan dan mintalah persetujuan, atau hapus yang ditemukan.",
    ),
    "personal_data": Text(
        "Show the person each of `findings`. Take it out of the text or upload a file without it, or confirm it with POST .../personal-data/confirm.",
        "Tunjukkan setiap `findings` kepada penyunting. Hapus dari teks atau unggah berkas tanpa data itu, atau tegaskan dengan POST .../personal-data/confirm.",
    ),
    "findings_changed": Text(
        "Show the person the present findings, and confirm those or take them out.",
        "Tunjukkan temuan yang sekarang kepada penyunting, lalu tegaskan atau hapus.",
    ),
    "nothing_to_confirm": Text("Publish it.", "Terbitkan saja."),
    "publishing_frozen": Text(
        "Write on; ask a central editor when publishing is possible again.",
        "Teruskan menulis; tanyakan kepada redaktur pusat kapan penerbitan dibuka lagi.",
    ),
    "publishing_paused": Text(
        "Wait, or ask a central editor to look at it and reset it.",
        "Tunggu, atau mintalah redaktur pusat memeriksa dan membukanya kembali.",
    ),
    "storage_full": Text(
        "Whoever runs the server makes room; then send it again.",
        "Pengelola server menyediakan ruang; sesudah itu kirim ulang.",
    ),
    "file_lost": Text(
        "Tell whoever runs the server; sending it again does not help.",
        "Sampaikan kepada pengelola server; mengirim ulang tidak membantu.",
    ),
    "clock_wrong": Text(
        "Tell whoever runs the server; reading goes on.", "Sampaikan kepada pengelola server; membaca tetap dapat dilakukan."
    ),
    "database_behind": Text(
        "Tell whoever runs the server; reading goes on.", "Sampaikan kepada pengelola server; membaca tetap dapat dilakukan."
    ),
}  # fmt: skip


def cure_of(code: str, status: int) -> Text:
    """What to do about a problem with this code, met with this status."""
    return CURES.get(code) or CURES_BY_STATUS[status]
