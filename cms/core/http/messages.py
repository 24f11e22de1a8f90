"""The words of every error, in English and Indonesian. Codes never change; docs/errors.md is generated from here.

A problem has a title, a detail and advice for the caller; a rule has one sentence. `{name}` is filled from the
parameters of the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cms.core.http.file_reasons import IN_INDONESIAN


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    en: str
    id: str

    def filled(self, language: str, params: dict[str, Any]) -> str:
        """The text in `language` (`en` or `id`) with its parameters filled in; an unknown parameter stays visible."""
        if language != "id":
            return self.en.format_map(_Visible(params))
        if isinstance(reason := params.get("reason"), str):
            params = {**params, "reason": IN_INDONESIAN.get(reason, reason)}
        return self.id.format_map(_Visible(params))


class _Visible(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem type of RFC 9457: short title and the detail of this case."""

    title: Text
    detail: Text


def _problem(title_en: str, title_id: str, detail_en: str, detail_id: str) -> Problem:
    return Problem(Text(title_en, title_id), Text(detail_en, detail_id))


PROBLEMS: dict[str, Problem] = {
    # requests
    "bad_request": _problem(
        "Bad request", "Permintaan keliru", "The request could not be understood.", "Permintaan tidak dapat dipahami."
    ),
    "malformed_json": _problem(
        "Malformed JSON",
        "JSON tidak sah",
        "The body is not acceptable JSON: {reason}.",
        "Isi permintaan bukan JSON yang dapat diterima: {reason}.",
    ),
    "malformed_form": _problem(
        "Malformed form",
        "Formulir tidak sah",
        "The body is not acceptable multipart/form-data: {reason}.",
        "Isi permintaan bukan multipart/form-data yang dapat diterima: {reason}.",
    ),
    "body_cut_off": _problem(
        "The body was cut off",
        "Isi permintaan terpotong",
        "The connection ended before {missing} announced bytes of the body; nothing was done. Send the request again.",
        "Sambungan berakhir sebelum {missing} bita isi yang diumumkan tiba; tidak ada yang dilakukan. Kirim ulang permintaan.",
    ),
    "body_too_slow": _problem(
        "The body came too slowly",
        "Isi permintaan terlalu lambat",
        "The body stopped on its way or came too slowly; nothing was done. Send the request again.",
        "Isi permintaan berhenti di jalan atau datang terlalu lambat; tidak ada yang dilakukan. Kirim ulang permintaan.",
    ),
    "length_required": _problem(
        "A length is needed",
        "Panjang isi diperlukan",
        "Send the body with Content-Length, not with Transfer-Encoding.",
        "Kirim isi dengan Content-Length, bukan dengan Transfer-Encoding.",
    ),
    "invalid_parameter": _problem(
        "Invalid parameter",
        "Parameter tidak sah",
        "A query parameter or header is unknown or has a value that is not allowed; `errors` names it.",
        "Ada parameter atau tajuk yang tidak dikenal atau nilainya tidak diizinkan; lihat `errors`.",
    ),
    "unknown_field": _problem(
        "Unknown field",
        "Bidang tidak dikenal",
        "The body has a field that this operation does not take; `errors` names it and lists the allowed ones.",
        "Isi permintaan memuat bidang yang tidak diterima operasi ini; `errors` menyebut bidang itu dan yang diizinkan.",
    ),
    "invalid_content": _problem(
        "The content is not valid",
        "Isi tidak sah",
        "One or more fields break a rule; `errors` has one entry per field.",
        "Satu atau beberapa bidang melanggar aturan; `errors` memuat satu entri per bidang.",
    ),
    "invalid_cursor": _problem(
        "Invalid cursor",
        "Kursor tidak sah",
        "The cursor is damaged or belongs to another filter or sort; start again without it.",
        "Kursor rusak atau milik saringan atau urutan lain; mulai lagi tanpa kursor.",
    ),
    "unsupported_media_type": _problem(
        "Unsupported media type",
        "Jenis isi tidak didukung",
        "Send the body as {allowed}.",
        "Kirim isi sebagai {allowed}.",
    ),
    "unsupported_file_type": _problem(
        "Unsupported file type",
        "Jenis berkas tidak didukung",
        "The file was recognised as {found}; accepted are {allowed}.",
        "Berkas dikenali sebagai {found}; yang diterima: {allowed}.",
    ),
    "storage_quota": _problem(
        "The storage of the agency is full",
        "Ruang penyimpanan perangkat daerah penuh",
        "Files and images of {agency} take {used} of {limit} bytes; {coming} more do not fit. Remove what nobody needs, or ask the operators.",
        "Berkas dan gambar {agency} memakai {used} dari {limit} bita; {coming} bita lagi tidak muat. Hapus yang tidak diperlukan, atau "
        "hubungi pengelola.",
    ),
    "uri_too_long": _problem(
        "The address is too long",
        "Alamat terlalu panjang",
        "At most {path} bytes of path and {query} bytes of query are read.",
        "Paling banyak {path} bita path dan {query} bita kueri yang dibaca.",
    ),
    "invalid_host": _problem(
        "One host is needed",
        "Harus ada satu host",
        "The request must have one Host header that names one host.",
        "Permintaan harus memiliki satu tajuk Host yang menyebut satu host.",
    ),
    "headers_too_large": _problem(
        "The headers are too large",
        "Tajuk terlalu besar",
        "At most {one} bytes of one header and {all} bytes of all are read.",
        "Paling banyak {one} bita satu tajuk dan {all} bita seluruhnya yang dibaca.",
    ),
    "too_large": _problem(
        "Too large", "Terlalu besar", "The body is larger than {limit} bytes.", "Isi lebih besar dari {limit} bita."
    ),
    "method_not_allowed": _problem(
        "Method not allowed",
        "Metode tidak diizinkan",
        "This address does not take this method; the header Allow lists what it takes.",
        "Alamat ini tidak menerima metode tersebut; tajuk Allow memuat yang diterima.",
    ),
    "not_acceptable": _problem(
        "Not acceptable", "Tidak dapat disajikan", "This address answers JSON only.", "Alamat ini hanya menjawab JSON."
    ),
    "range_not_satisfiable": _problem(
        "Range not satisfiable",
        "Rentang tidak tersedia",
        "The requested range lies outside the file of {bytes} bytes.",
        "Rentang yang diminta berada di luar berkas sebesar {bytes} bita.",
    ),
    "untrusted_host": _problem(
        "Untrusted host",
        "Host tidak dipercaya",
        "This server does not answer for the host name of the request.",
        "Server ini tidak melayani nama host pada permintaan.",
    ),
    # identity
    "unauthenticated": _problem(
        "Sign in first",
        "Belum masuk",
        "This address needs a token: Authorization: Bearer ...",
        "Alamat ini memerlukan token: Authorization: Bearer ...",
    ),
    "invalid_token": _problem(
        "Token not valid",
        "Token tidak sah",
        "The token is malformed, expired, revoked or belongs to the other plane; get a new one.",
        "Token rusak, kedaluwarsa, dicabut, atau milik bidang lain; mintalah yang baru.",
    ),
    "invalid_credentials": _problem(
        "Sign-in failed",
        "Gagal masuk",
        "The e-mail address or the password is not right.",
        "Alamat surel atau kata sandi tidak benar.",
    ),
    "forbidden": _problem(
        "Not allowed",
        "Tidak diizinkan",
        "Your roles do not give {permission} here.",
        "Peran Anda tidak memberi {permission} di sini.",
    ),
    "scope_missing": _problem(
        "Scope missing",
        "Cakupan tidak cukup",
        "This key has no scope {scope}.",
        "Kunci ini tidak memiliki cakupan {scope}.",
    ),
    "too_many_attempts": _problem(
        "Too many attempts",
        "Terlalu banyak percobaan",
        "Wait {seconds} seconds before the next attempt.",
        "Tunggu {seconds} detik sebelum mencoba lagi.",
    ),
    "too_many_requests": _problem(
        "Too many requests",
        "Terlalu banyak permintaan",
        "Wait {seconds} seconds before the next request.",
        "Tunggu {seconds} detik sebelum permintaan berikutnya.",
    ),
    "password_change_needed": _problem(
        "Change your password first",
        "Ubah kata sandi dahulu",
        "Somebody else has seen your password. Change it with POST /manage/v1/auth/password; until then nothing else is possible.",
        "Kata sandi Anda pernah dilihat orang lain. Ubah lewat POST /manage/v1/auth/password; sebelum itu tidak ada hal lain "
        "yang dapat dilakukan.",
    ),
    "rights_changed": _problem(
        "Your roles have changed",
        "Peran Anda telah berubah",
        "One of your roles was taken away while this request was on its way. Nothing was done; send it again.",
        "Salah satu peran Anda dicabut saat permintaan ini sedang dikirim. Tidak ada yang dilakukan; kirim lagi.",
    ),
    "last_admin": _problem(
        "Last administrator",
        "Administrator terakhir",
        "Nobody else is an active administrator; give another person the role first.",
        "Tidak ada administrator aktif lain; beri peran itu kepada orang lain dahulu.",
    ),
    # items
    "not_found": _problem(
        "Not found",
        "Tidak ditemukan",
        "There is nothing at this address, or you may not know of it.",
        "Tidak ada apa pun di alamat ini, atau Anda tidak berhak mengetahuinya.",
    ),
    "gone": _problem(
        "No longer published",
        "Tidak lagi diterbitkan",
        "This was published once and has been taken back. {explanation}",
        "Ini pernah diterbitkan dan telah ditarik. {explanation}",
    ),
    "redirected": _problem(
        "Moved away",
        "Sudah pindah",
        "This was published once and is found elsewhere now: {to}. {explanation}",
        "Ini pernah diterbitkan dan kini berada di tempat lain: {to}. {explanation}",
    ),
    "conflict": _problem(
        "Conflict",
        "Bertentangan",
        "The request contradicts the present state.",
        "Permintaan bertentangan dengan keadaan sekarang.",
    ),
    "wrong_state": _problem(
        "Wrong state",
        "Keadaan tidak sesuai",
        "The item is {state}; {operation} is possible when it is {allowed}.",
        "Butir berstatus {state}; {operation} hanya dapat dilakukan saat {allowed}.",
    ),
    "nothing_to_publish": _problem(
        "Nothing to publish",
        "Tidak ada yang diterbitkan",
        "The newest edition is already published.",
        "Edisi terbaru sudah diterbitkan.",
    ),
    "still_published": _problem(
        "Still published",
        "Masih diterbitkan",
        "Readers have this; unpublish it before {operation}.",
        "Pembaca masih melihat ini; tarik dahulu (unpublish) sebelum {operation}.",
    ),
    "approval_needed": _problem(
        "Approval needed",
        "Perlu persetujuan",
        "This edition needs the approval of {whose}; submit it and ask for one.",
        "Edisi ini perlu persetujuan ({whose}); ajukan dan mintalah persetujuan.",
    ),
    "approval_not_yours": _problem(
        "Somebody else must approve",
        "Harus disetujui orang lain",
        "Your approval does not count here: this edition needs the approval of {whose}.",
        "Persetujuan Anda tidak berlaku di sini: edisi ini perlu persetujuan ({whose}).",
    ),
    "duplicate": _problem(
        "Already exists", "Sudah ada", "Another one already has this {field}.", "Sudah ada yang memakai {field} ini."
    ),
    "in_use": _problem(
        "In use",
        "Sedang dipakai",
        "{count} items show this image, such as {titles}; take it out of them first.",
        "{count} butir memuat gambar ini, misalnya {titles}; keluarkan dahulu dari butir tersebut.",
    ),
    "already_exists": _problem(
        "Already exists", "Sudah ada", "There is already an item with this id.", "Sudah ada butir dengan id ini."
    ),
    "not_published": _problem(
        "Not published",
        "Belum terbit",
        "Readers do not have the item now; only what is live can be carried.",
        "Butir ini sedang tidak terbit; hanya yang sedang terbit dapat diteruskan.",
    ),
    "own_item": _problem(
        "Own item",
        "Milik sendiri",
        "The item belongs to this agency; it is on its channel as its own.",
        "Butir ini milik perangkat daerah itu sendiri dan sudah tampil di salurannya.",
    ),
    "already_on_channel": _problem(
        "Already on this channel",
        "Sudah ada di saluran",
        "The item was published on the channel of {agency} already.",
        "Butir ini sudah diterbitkan di saluran {agency}.",
    ),
    "already_reposted": _problem(
        "Already reposted",
        "Sudah diteruskan",
        "{agency} carries the item already; end that repost to say something else about it.",
        "{agency} sudah meneruskan butir ini; akhiri dahulu untuk mengubah keterangannya.",
    ),
    "release_refused": _problem(
        "Release refused",
        "Rilis ditolak",
        "Not every item can be published now; `errors` has one entry per item that stands in the way. Nothing was published.",
        "Tidak semua butir dapat diterbitkan sekarang; `errors` memuat satu entri per butir yang menghalangi. Tidak ada yang terbit.",
    ),
    "slug_taken": _problem(
        "Slug taken",
        "Slug sudah dipakai",
        "The slug {slug} belongs or belonged to another item of this agency and is never given again.",
        "Slug {slug} adalah atau pernah menjadi milik butir lain dari perangkat daerah ini dan tidak diberikan lagi.",
    ),
    "lease_held": _problem(
        "Being edited",
        "Sedang disunting",
        "{holder} is editing this until {until}; wait, or take the lease over and say so to them.",
        "{holder} sedang menyunting ini sampai {until}; tunggu, atau ambil alih dan beri tahu yang bersangkutan.",
    ),
    "preview_closed": _problem(
        "Preview closed",
        "Pratinjau ditutup",
        "This text waits for a second person; the link opens once it is approved.",
        "Teks ini menunggu orang kedua; tautan terbuka setelah disetujui.",
    ),
    "preview_ended": _problem(
        "Preview ended",
        "Pratinjau berakhir",
        "This preview link has expired, was revoked or used up; ask whoever gave it to you for a new one.",
        "Tautan pratinjau ini kedaluwarsa, dicabut, atau habis dipakai; mintalah yang baru kepada pemberinya.",
    ),
    "stale_version": _problem(
        "Changed meanwhile",
        "Sudah berubah",
        "Somebody saved a newer version; read it ({current_etag}) and try again.",
        "Ada versi yang lebih baru; baca dahulu ({current_etag}) lalu coba lagi.",
    ),
    "epoch_changed": _problem(
        "Another epoch",
        "Epoch lain",
        "This server's data was restored: positions of your epoch mean nothing here any more. The epoch is {epoch} now; read anew.",
        "Data server ini telah dipulihkan: posisi dari epoch Anda tidak berlaku lagi di sini. Epoch sekarang {epoch}; baca ulang dari awal.",
    ),
    "if_match_required": _problem(
        "If-Match required",
        "If-Match wajib",
        "Send the ETag that you read in the header If-Match, so that nobody's work is overwritten.",
        "Kirim ETag yang Anda baca dalam tajuk If-Match agar pekerjaan orang lain tidak tertimpa.",
    ),
    "if_none_match_required": _problem(
        "If-None-Match required",
        "If-None-Match wajib",
        "Send If-None-Match: * to create an item under your own id.",
        "Kirim If-None-Match: * untuk membuat butir dengan id Anda sendiri.",
    ),
    "held": _problem(
        "Held by the guard",
        "Ditahan penjaga konten",
        "The guard holds this edition ({reasons}). It needs the approval of {whose}: submit it and ask for one, or change what was found.",
        "Edisi ini ditahan ({reasons}) dan perlu persetujuan ({whose}): ajukan dan mintalah persetujuan, atau perbaiki temuannya.",
    ),
    "publishing_frozen": _problem(
        "Publishing is frozen",
        "Penerbitan dibekukan",
        "Publishing is frozen for {scope}: {reason} Drafts can be written; central editors lift the freeze.",
        "Penerbitan dibekukan untuk {scope}: {reason} Draf tetap dapat ditulis; redaksi kota yang mencabut pembekuan.",
    ),
    "publishing_paused": _problem(
        "Too much at once",
        "Terlalu banyak sekaligus",
        "{subject} published unusually much; publishing is paused until {until} or until a central editor resets it.",
        "{subject} menerbitkan terlalu banyak dalam waktu singkat; penerbitan dijeda sampai {until} atau dibuka redaksi kota.",
    ),
    "person_frozen": _problem(
        "You are frozen",
        "Anda dibekukan",
        "Until it is looked into you can read but change nothing: {reason} Central editors lift it.",
        "Sampai diperiksa, Anda dapat membaca tetapi tidak dapat mengubah apa pun: {reason} Redaksi kota yang mencabutnya.",
    ),
    "second_person_needed": _problem(
        "A second person is needed",
        "Perlu orang kedua",
        "You took back {count} items within an hour. Until {until} a central editor or an administrator other than you must confirm it before you take back more: reset the breaker.",
        "Anda menarik {count} konten dalam satu jam. Sampai {until}, redaksi kota atau administrator lain harus mengonfirmasi sebelum Anda menarik lagi: buka kembali pemutusnya.",
    ),
    # server
    "idempotency_key_reused": _problem(
        "The idempotency key was used for something else",
        "Kunci idempotensi sudah dipakai",
        "Another request was sent under this Idempotency-Key within 24 hours; take a new key for each new request.",
        "Permintaan lain telah dikirim dengan Idempotency-Key ini dalam 24 jam; pakai kunci baru untuk tiap permintaan baru.",
    ),
    "idempotency_running": _problem(
        "The same request is still running",
        "Permintaan yang sama masih berjalan",
        "A request with this Idempotency-Key has not been answered yet; repeat it after the time in Retry-After.",
        "Permintaan dengan Idempotency-Key ini belum dijawab; ulangi setelah waktu dalam Retry-After.",
    ),
    "idempotency_answer_lost": _problem(
        "The answer cannot be repeated",
        "Jawaban tidak dapat diulang",
        "This request was carried out under its Idempotency-Key, but the secret of the server was changed since and the answer cannot "
        "be read any more; look at the present state before sending anything again.",
        "Permintaan ini sudah dijalankan dengan Idempotency-Key-nya, tetapi rahasia server telah diganti dan jawabannya tidak dapat "
        "dibaca lagi; periksa keadaan sekarang sebelum mengirim apa pun lagi.",
    ),
    "batch_failed": _problem(
        "The batch failed",
        "Kelompok gagal",
        "Operation {number} was refused, so that nothing of the batch was done; `results` tells why.",
        "Operasi {number} ditolak sehingga tidak ada bagian kelompok yang dilakukan; lihat `results`.",
    ),
    "busy": _problem(
        "Busy", "Sibuk", "The database is busy; try again in a moment.", "Basis data sedang sibuk; coba lagi sebentar."
    ),
    "database_unavailable": _problem(
        "Database unavailable",
        "Basis data tidak tersedia",
        "The database does not answer; try again later.",
        "Basis data tidak menjawab; coba lagi nanti.",
    ),
    "clock_wrong": _problem(
        "The clock cannot be right",
        "Jam server tidak mungkin benar",
        "This server's clock shows {now}, and the newest moment that is known here is {seen}. Nothing is written until the clock is right or an "
        "operator has accepted it (python -m cms clock accept).",
        "Jam server ini menunjukkan {now}, sedangkan saat terakhir yang diketahui di sini ialah {seen}. Tidak ada yang ditulis sampai jam itu "
        "benar atau operator menerimanya (python -m cms clock accept).",
    ),
    "storage_full": _problem(
        "Storage full",
        "Penyimpanan penuh",
        "There is no room left to write; reading goes on.",
        "Tidak ada ruang lagi untuk menulis; membaca tetap berjalan.",
    ),
    "storage_unavailable": _problem(
        "Storage unavailable",
        "Penyimpanan tidak tersedia",
        "The file storage does not answer; try again later.",
        "Penyimpanan berkas tidak menjawab; coba lagi nanti.",
    ),
    "file_lost": _problem(
        "File lost",
        "Berkas hilang",
        "The bytes of this file are not in the storage any more; whoever runs this server must bring them back.",
        "Isi berkas ini tidak ada lagi di penyimpanan; pengelola server harus mengembalikannya.",
    ),
    "database_behind": _problem(
        "Database taken back",
        "Basis data mundur",
        "The database was taken back behind what this server has seen. Nothing is written until its operator begins another epoch.",
        "Basis data mundur dari keadaan yang sudah dilihat server ini. Penulisan menunggu pengelola memulai epoch baru.",
    ),
    "not_there_yet": _problem(
        "Not there yet",
        "Belum sampai",
        "This server has reached log position {sequence}, not yet the one that Min-Seq demands; try again in a moment.",
        "Server ini baru mencapai posisi log {sequence}, belum posisi yang diminta Min-Seq; coba lagi sebentar.",
    ),
    "not_ready": _problem(
        "Not ready",
        "Belum siap",
        "This server cannot work now: {failed}.",
        "Server ini belum dapat bekerja: {failed}.",
    ),
    "updating": _problem(
        "Being updated",
        "Sedang diperbarui",
        "This server is being updated; try again in a moment.",
        "Server ini sedang diperbarui; coba lagi sebentar.",
    ),
    "unavailable": _problem(
        "Unavailable", "Tidak tersedia", "Not now; try again later.", "Belum bisa sekarang; coba lagi nanti."
    ),
    "internal_error": _problem(
        "Internal error",
        "Galat internal",
        "Something went wrong here. Tell the operators the request id.",
        "Terjadi kesalahan pada server. Sampaikan id permintaan kepada pengelola.",
    ),
}

RULES: dict[str, Text] = {
    "not_in_batch": Text(
        "This address cannot be part of a batch.", "Alamat ini tidak dapat menjadi bagian dari kelompok."
    ),
    "not_supported_here": Text("Not supported at this address.", "Tidak didukung pada alamat ini."),
    "required": Text("This field is required.", "Bidang ini wajib diisi."),
    "not_null": Text("This field must not be null.", "Bidang ini tidak boleh null."),
    "wrong_type": Text("Expected {expected}.", "Seharusnya {expected}."),
    "unknown_field": Text("Unknown field. Allowed: {allowed}.", "Bidang tidak dikenal. Yang diizinkan: {allowed}."),
    "unknown_parameter": Text(
        "Unknown parameter. Allowed: {allowed}.", "Parameter tidak dikenal. Yang diizinkan: {allowed}."
    ),
    "repeated": Text("Given more than once.", "Diberikan lebih dari sekali."),
    "not_allowed": Text("Not one of: {allowed}.", "Bukan salah satu dari: {allowed}."),
    "too_short": Text("At least {min} characters or entries.", "Sekurangnya {min} karakter atau entri."),
    "too_long": Text("At most {max} characters or entries.", "Paling banyak {max} karakter atau entri."),
    "too_small": Text("At least {min}.", "Sekurangnya {min}."),
    "too_big": Text("At most {max}.", "Paling banyak {max}."),
    "bad_format": Text("Expected {expected}.", "Seharusnya {expected}."),
    "too_many_marks": Text(
        "More than {max} combining marks in a row.", "Lebih dari {max} tanda gabung berturut-turut."
    ),
    "bad_characters": Text(
        "Control, direction or unassigned characters are not allowed.",
        "Karakter kendali, pengubah arah, atau tak sah tidak diizinkan.",
    ),
    "blank": Text("Must not be blank.", "Tidak boleh kosong."),
    "not_found": Text("There is no such {what}.", "Tidak ada {what} seperti itu."),
    "not_valid_any_more": Text("This {what} is not in use any more.", "{what} ini tidak dipakai lagi."),
    "public_suffix": Text(
        "Cannot be allowed: everybody can register names below it. Allow the domain of one owner.",
        "Tidak dapat diizinkan: siapa pun dapat mendaftarkan nama di bawahnya. Izinkan domain milik satu pihak.",
    ),
    "suspicious_note": Text(
        "This looks like an advertisement for gambling, or links to an unknown domain: say it without.",
        "Teks ini menyerupai iklan judi atau menaut ke domain yang tidak dikenal: tulislah tanpa itu.",
    ),
    "must_be_owner_or_city": Text(
        "Must be the owner agency or the city's channel.", "Harus perangkat daerah pemilik atau saluran kota."
    ),
    "class_mismatch": Text(
        "This information kind belongs to class {expected}.", "Jenis informasi ini termasuk klasifikasi {expected}."
    ),
    "class_not_open": Text(
        "Exempt information cannot be recorded here yet.", "Informasi yang dikecualikan belum dapat dicatat di sini."
    ),
    "leads_back": Text(
        "Following {what} from here would lead back here.", "Mengikuti {what} dari sini akan kembali ke sini."
    ),
    "needed_with": Text("Needed together with {other}.", "Wajib diisi bersama {other}."),
    "not_before": Text("Must not be before {other}.", "Tidak boleh sebelum {other}."),
    "not_after": Text("Must not be after {other}.", "Tidak boleh setelah {other}."),
    "item_refused": Text("Item {id} cannot be published: {reason}.", "Butir {id} tidak dapat diterbitkan: {reason}."),
    "in_the_past": Text("Must lie in the future.", "Harus di masa depan."),
    "too_far_ahead": Text("At most {years} years ahead.", "Paling lama {years} tahun ke depan."),
    "needed_one_of": Text("Needed, or {other}.", "Wajib diisi, atau isi {other}."),
    "unknown_zone": Text("Not a time zone such as Asia/Makassar.", "Bukan zona waktu seperti Asia/Makassar."),
    "no_such_time": Text(
        "Clocks in this time zone never show this time.", "Jam di zona waktu ini tidak pernah menunjukkan waktu ini."
    ),
    "foreign_address": Text(
        "Must be a path, the id of a published item, or an address of: {domains}.",
        "Harus berupa path, id butir yang terbit, atau alamat dari: {domains}.",
    ),
    "only_for_redirect": Text(
        "The id of an item is taken for a redirect only.", "Id butir hanya diterima untuk redirect."
    ),
    "reserved_word": Text(
        "This word is reserved for addresses of the website.", "Kata ini dicadangkan untuk alamat situs."
    ),
    "taken": Text("Belongs to another item.", "Sudah menjadi milik butir lain."),
    "fixed_once_published": Text(
        "Cannot be changed any more once the item was published.", "Tidak dapat diubah lagi setelah butir diterbitkan."
    ),
    "unsafe_link": Text(
        "Only https, http, mailto, tel and same-site links without credentials are allowed.",
        "Hanya tautan https, http, mailto, tel, dan tautan dalam situs tanpa kredensial yang diizinkan.",
    ),
    "blocked_link": Text("Links to {domain} are blocked in this city.", "Tautan ke {domain} diblokir di kota ini."),
    "too_many_tags": Text("At most {max} HTML tags.", "Paling banyak {max} tag HTML."),
    "too_many_links": Text("At most {max} links.", "Paling banyak {max} tautan."),
    "heavy_markup": Text(
        "HTML tags are nested too deeply, left open too often, or have too many attributes.",
        "Tag HTML bersarang terlalu dalam, terlalu sering tidak ditutup, atau memiliki terlalu banyak atribut.",
    ),
    "needed_for_major": Text(
        "Readers had this before: say what is new, or send `update: minor`.",
        "Pembaca sudah pernah menerima ini: tuliskan apa yang baru, atau kirim `update: minor`.",
    ),
    "needed_to_publish": Text("Needed before this can be published.", "Diperlukan sebelum dapat diterbitkan."),
    "weak_password": Text("Too easy to guess: {reason}.", "Terlalu mudah ditebak: {reason}."),
    "wrong_password": Text("The present password is not right.", "Kata sandi sekarang tidak benar."),
    "agency_needed": Text(
        "This role is held in an agency: name it.", "Peran ini dipegang di perangkat daerah: sebutkan."
    ),
    "agency_not_allowed": Text(
        "This role is held in the whole city: leave the agency out.",
        "Peran ini berlaku sekota: jangan sebut perangkat daerah.",
    ),
    "extension_mismatch": Text(
        "The name ends in {extension} but the content is {found}.", "Nama berakhiran {extension} tetapi isinya {found}."
    ),
    "too_many_files": Text("A document has at most {max} files.", "Dokumen memuat paling banyak {max} berkas."),
    "empty_file": Text("The file is empty.", "Berkas kosong."),
    "too_many_pixels": Text(
        "The image has more than {max} pixels, or a side of more than {side}.",
        "Gambar memuat lebih dari {max} piksel, atau satu sisinya lebih dari {side}.",
    ),
    "too_many_frames": Text(
        "The image moves through more than {max} pictures.", "Gambar bergerak ini memuat lebih dari {max} gambar."
    ),
    "too_demanding": Text(
        "Decoding the image needs more time or memory than is given; save it smaller or as JPEG.",
        "Membuka gambar ini memerlukan waktu atau memori lebih dari yang diberikan; simpan lebih kecil atau sebagai JPEG.",
    ),
    "alt_needed": Text(
        "The image {image} needs alternative text, or to be marked as decorative, before this can be published.",
        "Gambar {image} memerlukan teks alternatif, atau ditandai sebagai hiasan, sebelum dapat diterbitkan.",
    ),
    "suspicious_words": Text(
        "This reads like an advertisement for gambling, or has a link; nobody reviews texts of images.",
        "Teks ini menyerupai iklan judi atau memuat tautan; teks gambar tidak melalui peninjauan.",
    ),
    "not_with": Text("Must be left out together with {other}.", "Tidak boleh diisi bersama {other}."),
    "damaged_file": Text("The file is damaged or unsafe: {reason}.", "Berkas rusak atau tidak aman: {reason}."),
}
