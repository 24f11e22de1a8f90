"""Who calls, and what they may do."""

from __future__ import annotations

from cms.core.http.messages.text import Problem, problem

IDENTITY: dict[str, Problem] = {
    "unauthenticated": problem(
        "Key or token needed",
        "Perlu kunci atau token",
        "This address needs {credential} ({header}).",
        "Alamat ini memerlukan {credential} ({header}).",
    ),
    "invalid_token": problem(
        "Key or token not valid",
        "Kunci atau token tidak sah",
        "What was sent does not open this address: {fault}.",
        "Yang dikirim tidak membuka alamat ini: {fault}.",
    ),
    "invalid_credentials": problem(
        "Sign-in failed",
        "Gagal masuk",
        "The e-mail address or the password is not right.",
        "Alamat surel atau kata sandi tidak benar.",
    ),
    "forbidden": problem(
        "Not allowed",
        "Tidak diizinkan",
        "Your roles do not give {permission} here.",
        "Peran Anda tidak memberi {permission} di sini.",
    ),
    "scope_missing": problem(
        "Scope missing",
        "Cakupan tidak cukup",
        "This key has no scope {scope}.",
        "Kunci ini tidak memiliki cakupan {scope}.",
    ),
    "too_many_attempts": problem(
        "Too many attempts",
        "Terlalu banyak percobaan",
        "Wait {seconds} seconds before the next attempt.",
        "Tunggu {seconds} detik sebelum mencoba lagi.",
    ),
    "too_many_requests": problem(
        "Too many requests",
        "Terlalu banyak permintaan",
        "Wait {seconds} seconds before the next request.",
        "Tunggu {seconds} detik sebelum permintaan berikutnya.",
    ),
    "too_many_streams": problem(
        "This key waits too often",
        "Kunci ini menunggu terlalu banyak",
        "This key, or this address, has {most} open requests that wait for changes. End some; one stream for a website is enough.",
        "Kunci atau alamat ini sudah memiliki {most} permintaan yang menunggu perubahan. Tutup sebagian; satu aliran per situs cukup.",
    ),
    "password_change_needed": problem(
        "Change your password first",
        "Ubah kata sandi dahulu",
        "Somebody else has seen your password. Change it with POST /manage/v1/auth/password; until then nothing else is possible.",
        "Kata sandi Anda pernah dilihat orang lain. Ubah lewat POST /manage/v1/auth/password; sebelum itu tidak ada hal lain "
        "yang dapat dilakukan.",
    ),
    "rights_changed": problem(
        "Your roles have changed",
        "Peran Anda telah berubah",
        "One of your roles was taken away while this request was on its way. Nothing was done; send it again.",
        "Salah satu peran Anda dicabut saat permintaan ini sedang dikirim. Tidak ada yang dilakukan; kirim lagi.",
    ),
    "last_admin": problem(
        "Last administrator",
        "Administrator terakhir",
        "Nobody else is an active administrator; give another person the role first.",
        "Tidak ada administrator aktif lain; beri peran itu kepada orang lain dahulu.",
    ),
}
