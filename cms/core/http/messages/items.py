"""What stands in the way of a change to an item, or of reading it."""

from __future__ import annotations

from cms.core.http.messages.text import Problem, problem

ITEMS: dict[str, Problem] = {
    "not_found": problem(
        "Not found",
        "Tidak ditemukan",
        "There is nothing at this address, or you may not know of it.",
        "Tidak ada apa pun di alamat ini, atau Anda tidak berhak mengetahuinya.",
    ),
    "file_held": problem(
        "File held",
        "Berkas ditahan",
        "The virus scanner has not found this file clean: it has not looked at it yet, or found something in it.",
        "Pemindai virus belum menyatakan berkas ini bersih: belum diperiksa, atau ada yang ditemukan di dalamnya.",
    ),
    "gone": problem(
        "No longer published",
        "Tidak lagi diterbitkan",
        "This was published once and has been taken back. {explanation}",
        "Ini pernah diterbitkan dan telah ditarik. {explanation}",
    ),
    "redirected": problem(
        "Moved away",
        "Sudah pindah",
        "This was published once and is found elsewhere now: {to}. {explanation}",
        "Ini pernah diterbitkan dan kini berada di tempat lain: {to}. {explanation}",
    ),
    "conflict": problem(
        "Conflict",
        "Bertentangan",
        "The request contradicts the present state.",
        "Permintaan bertentangan dengan keadaan sekarang.",
    ),
    "wrong_state": problem(
        "Wrong state",
        "Keadaan tidak sesuai",
        "The item is {state}; {operation} is possible when it is: {when}.",
        "Butir berstatus {state}; {operation} hanya dapat dilakukan bila berstatus: {when}.",
    ),
    "nothing_to_publish": problem(
        "Nothing to publish",
        "Tidak ada yang diterbitkan",
        "The newest edition is already published.",
        "Edisi terbaru sudah diterbitkan.",
    ),
    "still_published": problem(
        "Still published",
        "Masih diterbitkan",
        "Readers have this; unpublish it before {operation}.",
        "Pembaca masih melihat ini; tarik dahulu (unpublish) sebelum {operation}.",
    ),
    "edition_erased": problem(
        "Erased",
        "Sudah dihapus",
        "This edition was erased by law: nothing is left of it that could be restored.",
        "Edisi ini telah dihapus menurut hukum: tidak ada lagi yang dapat dipulihkan.",
    ),
    "erasure_in_use": problem(
        "Still in use",
        "Masih dipakai",
        "The newest or the published edition is among these parts, or shows one of these files. Publish an edition without them first, or erase "
        "the whole item.",
        "Edisi terbaru atau edisi yang diterbitkan termasuk bagian ini, atau memuat salah satu berkasnya. Terbitkan dahulu edisi tanpa bagian itu, "
        "atau hapus seluruh butir.",
    ),
    "erasure_waits": problem(
        "An erasure waits already",
        "Sudah ada perintah penghapusan",
        "The order {id} about this item waits for another person: confirm or cancel it first.",
        "Perintah {id} tentang butir ini menunggu orang kedua: konfirmasikan atau batalkan dahulu.",
    ),
    "erasure_decided": problem(
        "No longer waiting",
        "Tidak lagi menunggu",
        "This order is {state}; only one that waits can be confirmed or cancelled.",
        "Perintah ini berstatus {state}; hanya yang masih menunggu dapat dikonfirmasi atau dibatalkan.",
    ),
    "erasure_needs_another_person": problem(
        "Another person must confirm",
        "Harus dikonfirmasi orang lain",
        "You have ordered this erasure yourself: what cannot be undone needs two persons.",
        "Anda sendiri yang memerintahkan penghapusan ini: yang tidak dapat dibatalkan memerlukan dua orang.",
    ),
    "approval_needed": problem(
        "Approval needed",
        "Perlu persetujuan",
        "This edition needs the approval of {whose}; submit it and ask for one.",
        "Edisi ini perlu persetujuan ({whose}); ajukan dan mintalah persetujuan.",
    ),
    "approval_not_yours": problem(
        "Another person must approve",
        "Harus disetujui orang lain",
        "Your approval does not count here: this edition needs the approval of {whose}.",
        "Persetujuan Anda tidak berlaku di sini: edisi ini perlu persetujuan ({whose}).",
    ),
    "duplicate": problem(
        "Already exists", "Sudah ada", "Another one already has this {field}.", "Sudah ada yang memakai {field} ini."
    ),
    "in_use": problem(
        "In use",
        "Sedang dipakai",
        "{count} items show this image, such as {titles}; take it out of them first.",
        "{count} butir memuat gambar ini, misalnya {titles}; keluarkan dahulu dari butir tersebut.",
    ),
    "already_exists": problem(
        "Already exists", "Sudah ada", "There is already an item with this id.", "Sudah ada butir dengan id ini."
    ),
    "not_published": problem(
        "Not published",
        "Belum terbit",
        "Readers do not have the item now; only what is live can be carried.",
        "Butir ini sedang tidak terbit; hanya yang sedang terbit dapat diteruskan.",
    ),
    "own_item": problem(
        "Own item",
        "Milik sendiri",
        "The item belongs to this agency; it is on its channel as its own.",
        "Butir ini milik perangkat daerah itu sendiri dan sudah tampil di salurannya.",
    ),
    "already_on_channel": problem(
        "Already on this channel",
        "Sudah ada di saluran",
        "The item was published on the channel of {agency} already.",
        "Butir ini sudah diterbitkan di saluran {agency}.",
    ),
    "already_reposted": problem(
        "Already reposted",
        "Sudah diteruskan",
        "{agency} carries the item already; end that repost to say something else about it.",
        "{agency} sudah meneruskan butir ini; akhiri dahulu untuk mengubah keterangannya.",
    ),
    "release_refused": problem(
        "Release refused",
        "Rilis ditolak",
        "Not every item can be published now; `errors` has one entry per item that cannot be published. Nothing was published.",
        "Tidak semua butir dapat diterbitkan sekarang; `errors` memuat satu entri per butir yang menghalangi. Tidak ada yang terbit.",
    ),
    "slug_taken": problem(
        "Slug taken",
        "Slug sudah dipakai",
        "The slug {slug} belongs or belonged to another item of this agency and is never given again.",
        "Slug {slug} adalah atau pernah menjadi milik butir lain dari perangkat daerah ini dan tidak diberikan lagi.",
    ),
    "lease_held": problem(
        "Being edited",
        "Sedang disunting",
        "{holder} is editing this until {until}; wait, or take the lease over and say so to them.",
        "{holder} sedang menyunting ini sampai {until}; tunggu, atau ambil alih dan beri tahu yang bersangkutan.",
    ),
    "preview_closed": problem(
        "Preview closed",
        "Pratinjau ditutup",
        "This text waits for a second person; the link opens once it is approved.",
        "Teks ini menunggu orang kedua; tautan terbuka setelah disetujui.",
    ),
    "preview_ended": problem(
        "Preview ended",
        "Pratinjau berakhir",
        "This preview link has expired, was revoked or used up; ask the person who gave it to you for a new one.",
        "Tautan pratinjau ini kedaluwarsa, dicabut, atau habis dipakai; mintalah yang baru kepada pemberinya.",
    ),
    "stale_version": problem(
        "Changed meanwhile",
        "Sudah berubah",
        "A newer version was saved; read it ({current_etag}) and try again.",
        "Ada versi yang lebih baru; baca dahulu ({current_etag}) lalu coba lagi.",
    ),
    "epoch_changed": problem(
        "Another epoch",
        "Epoch lain",
        "This server's data was restored: positions of your epoch mean nothing here any more. The epoch is {epoch} now; read anew.",
        "Data server ini telah dipulihkan: posisi dari epoch Anda tidak berlaku lagi di sini. Epoch sekarang {epoch}; baca ulang dari awal.",
    ),
    "if_match_required": problem(
        "If-Match required",
        "If-Match wajib",
        "Send the ETag that you read in the header If-Match, so that you do not overwrite another person's work.",
        "Kirim ETag yang Anda baca dalam tajuk If-Match agar pekerjaan orang lain tidak tertimpa.",
    ),
    "if_none_match_required": problem(
        "If-None-Match required",
        "If-None-Match wajib",
        "Send If-None-Match: * to create an item under your own id.",
        "Kirim If-None-Match: * untuk membuat butir dengan id Anda sendiri.",
    ),
    "held": problem(
        "Held by moderation",
        "Ditahan moderasi",
        "Moderation holds this edition ({reasons}). It needs the approval of {whose}: submit it and ask for one, or change what was found.",
        "Edisi ini ditahan ({reasons}) dan perlu persetujuan ({whose}): ajukan dan mintalah persetujuan, atau perbaiki temuannya.",
    ),
    "personal_data": problem(
        "Personal data found",
        "Ditemukan data pribadi",
        "There are {count} findings of personal data ({kinds}); `findings` names the places. Take them out, or confirm with a reason that they may be public.",
        "Ada {count} temuan data pribadi ({kinds}); `findings` menyebut tempatnya. Hapus, atau tegaskan dengan alasan bahwa data itu boleh diumumkan.",
    ),
    "findings_changed": problem(
        "Other findings",
        "Temuan berbeda",
        "The open findings are not those that you confirm; `findings` has the present ones.",
        "Temuan yang terbuka bukan yang Anda tegaskan; `findings` memuat yang sekarang.",
    ),
    "nothing_to_confirm": problem(
        "Nothing to confirm",
        "Tidak ada yang perlu ditegaskan",
        "No finding of personal data holds this item.",
        "Tidak ada temuan data pribadi yang menahan konten ini.",
    ),
    "publishing_frozen": problem(
        "Publishing is frozen",
        "Penerbitan dibekukan",
        "Publishing is frozen for {scope}: {reason} Drafts can be written; central editors lift the freeze.",
        "Penerbitan dibekukan untuk {scope}: {reason} Draf tetap dapat ditulis; redaksi kota yang mencabut pembekuan.",
    ),
    "publishing_paused": problem(
        "Too much at once",
        "Terlalu banyak sekaligus",
        "{subject} published unusually much; publishing is paused until {until} or until a central editor resets it.",
        "{subject} menerbitkan terlalu banyak dalam waktu singkat; penerbitan dijeda sampai {until} atau dibuka redaksi kota.",
    ),
    "person_frozen": problem(
        "You are frozen",
        "Anda dibekukan",
        "Until it is looked into you can read but change nothing: {reason} Central editors lift it.",
        "Sampai diperiksa, Anda dapat membaca tetapi tidak dapat mengubah apa pun: {reason} Redaksi kota yang mencabutnya.",
    ),
    "second_person_needed": problem(
        "A second person is needed",
        "Perlu orang kedua",
        "You took back {count} items within an hour. Until {until} a central editor or an administrator other than you must confirm it before you take back more: reset the breaker.",
        "Anda menarik {count} konten dalam satu jam. Sampai {until}, redaksi kota atau administrator lain harus mengonfirmasi sebelum Anda menarik lagi: buka kembali pemutusnya.",
    ),
}
