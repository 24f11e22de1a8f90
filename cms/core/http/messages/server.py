"""Repeated requests and batches, and what this server cannot do now."""

from __future__ import annotations

from cms.core.http.messages.text import Problem, problem

SERVER: dict[str, Problem] = {
    "idempotency_key_reused": problem(
        "The idempotency key was used for something else",
        "Kunci idempotensi sudah dipakai",
        "Another request was sent under this Idempotency-Key within 24 hours; take a new key for each new request.",
        "Permintaan lain telah dikirim dengan Idempotency-Key ini dalam 24 jam; pakai kunci baru untuk tiap permintaan baru.",
    ),
    "idempotency_running": problem(
        "The same request is still running",
        "Permintaan yang sama masih berjalan",
        "A request with this Idempotency-Key has not been answered yet; repeat it after the time in Retry-After.",
        "Permintaan dengan Idempotency-Key ini belum dijawab; ulangi setelah waktu dalam Retry-After.",
    ),
    "idempotency_answer_lost": problem(
        "The answer cannot be repeated",
        "Jawaban tidak dapat diulang",
        "This request was carried out under its Idempotency-Key, but your roles or the secret of the server were changed since and the "
        "answer cannot be given again; look at the present state before sending anything again.",
        "Permintaan ini sudah dijalankan dengan Idempotency-Key-nya, tetapi peran Anda atau rahasia server telah berubah sejak itu dan "
        "jawabannya tidak dapat diberikan lagi; periksa keadaan sekarang sebelum mengirim apa pun lagi.",
    ),
    "batch_failed": problem(
        "The batch failed",
        "Kelompok gagal",
        "Operation {number} was refused, so that nothing of the batch was done; `results` tells why.",
        "Operasi {number} ditolak sehingga tidak ada bagian kelompok yang dilakukan; lihat `results`.",
    ),
    "busy": problem(
        "Busy", "Sibuk", "The database is busy; try again in a moment.", "Basis data sedang sibuk; coba lagi sebentar."
    ),
    "database_unavailable": problem(
        "Database unavailable",
        "Basis data tidak tersedia",
        "The database does not answer; try again later.",
        "Basis data tidak menjawab; coba lagi nanti.",
    ),
    "clock_wrong": problem(
        "The clock cannot be right",
        "Jam server tidak mungkin benar",
        "This server's clock shows {now}, and the newest moment that is known here is {seen}. Nothing is written until the clock is right or an "
        "operator has accepted it (python -m cms clock accept).",
        "Jam server ini menunjukkan {now}, sedangkan saat terakhir yang diketahui di sini ialah {seen}. Tidak ada yang ditulis sampai jam itu "
        "benar atau operator menerimanya (python -m cms clock accept).",
    ),
    "storage_full": problem(
        "Storage full",
        "Penyimpanan penuh",
        "There is no room left to write; reading goes on.",
        "Tidak ada ruang lagi untuk menulis; membaca tetap berjalan.",
    ),
    "storage_unavailable": problem(
        "Storage unavailable",
        "Penyimpanan tidak tersedia",
        "The file storage does not answer; try again later.",
        "Penyimpanan berkas tidak menjawab; coba lagi nanti.",
    ),
    "file_lost": problem(
        "File lost",
        "Berkas hilang",
        "The bytes of this file are not in the storage any more; the operators of this server must restore them.",
        "Isi berkas ini tidak ada lagi di penyimpanan; pengelola server harus mengembalikannya.",
    ),
    "database_behind": problem(
        "Database taken back",
        "Basis data mundur",
        "The database was taken back behind what this server has seen. Nothing is written until its operator begins another epoch.",
        "Basis data mundur dari keadaan yang sudah dilihat server ini. Penulisan menunggu pengelola memulai epoch baru.",
    ),
    "not_there_yet": problem(
        "Not there yet",
        "Belum sampai",
        "This server has reached log position {sequence}, not yet the one that Min-Seq demands; try again in a moment.",
        "Server ini baru mencapai posisi log {sequence}, belum posisi yang diminta Min-Seq; coba lagi sebentar.",
    ),
    "misdirected": problem(
        "Another address answers this",
        "Dijawab di alamat lain",
        "This process does not answer that. Ask at {address}.",
        "Proses ini tidak menjawab permintaan itu. Mintalah di {address}.",
    ),
    "streams_full": problem(
        "Too many wait already",
        "Terlalu banyak yang menunggu",
        "As many requests wait for changes as this server keeps open. Ask /v1/changes from time to time, and try again later.",
        "Jumlah permintaan yang menunggu perubahan sudah penuh. Bacalah /v1/changes secara berkala, lalu coba lagi nanti.",
    ),
    "not_ready": problem(
        "Not ready",
        "Belum siap",
        "This server cannot work now: {failed}.",
        "Server ini belum dapat bekerja: {failed}.",
    ),
    "updating": problem(
        "Being updated",
        "Sedang diperbarui",
        "This server is being updated; try again in a moment.",
        "Server ini sedang diperbarui; coba lagi sebentar.",
    ),
    "unavailable": problem(
        "Unavailable", "Tidak tersedia", "Not now; try again later.", "Belum bisa sekarang; coba lagi nanti."
    ),
    "internal_error": problem(
        "Internal error",
        "Galat internal",
        "Something went wrong here. Tell the operators the request id.",
        "Terjadi kesalahan pada server. Sampaikan id permintaan kepada pengelola.",
    ),
}
