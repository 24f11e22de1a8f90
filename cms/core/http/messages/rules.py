"""The rules that one field or parameter can break, one sentence each."""

from __future__ import annotations

from cms.core.http.messages.text import Text

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
    "version_needed": Text(
        "Name the version that you read: this could overwrite what somebody else wrote.",
        "Sebutkan versi yang Anda baca: perintah ini dapat menimpa tulisan orang lain.",
    ),
    "too_many_marks": Text(
        "More than {max} combining marks in a row.", "Lebih dari {max} tanda gabung berturut-turut."
    ),
    "bad_characters": Text(
        "{character} at character {place} can hide or reorder text: delete the words around it and type them again.",
        "{character} pada karakter ke-{place} dapat menyembunyikan atau membalik teks: hapus kata-kata di sekitarnya lalu ketik ulang.",
    ),
    "blank": Text("Must not be blank.", "Tidak boleh kosong."),
    "endpoint_url": Text(
        "This is no address that can be called: it needs https and a host, in ASCII, without a user name.",
        "Alamat ini tidak dapat dipanggil: perlu https dan sebuah host, dalam ASCII, tanpa nama pengguna.",
    ),
    "endpoint_scheme": Text("The address must begin with https.", "Alamat harus diawali https."),
    "endpoint_port": Text("Addresses may name these ports: {ports}.", "Alamat boleh menyebut porta ini: {ports}."),
    "endpoint_address": Text(
        "This address lies in a network that is not called from here: ask the operators.",
        "Alamat ini berada di jaringan yang tidak dipanggil dari sini: hubungi pengelola.",
    ),
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
    "has_personal_data": Text(
        "This has personal data, such as a NIK or a private telephone number: say it without.",
        "Teks ini memuat data pribadi, seperti NIK atau nomor telepon pribadi: tulislah tanpa itu.",
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
    "other_day": Text("{other} is on {expected}.", "{other} jatuh pada {expected}."),
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
    "machine_address": Text(
        "Addresses of this API are no pages for visitors; to redirect to an item, give its id.",
        "Alamat API ini bukan halaman untuk pengunjung; untuk mengalihkan ke sebuah butir, berikan id-nya.",
    ),
    "foreign_template": Text(
        "Must begin with the address of the agency's site or of this server: {domains}.",
        "Harus diawali alamat situs perangkat daerah ini atau peladen ini: {domains}.",
    ),
    "machine_template": Text(
        "This server answers there itself; choose another path, and begin it with a fixed word.",
        "Peladen ini menjawab sendiri di sana; pilih path lain, dan awali dengan kata yang tetap.",
    ),
    "address_taken": Text("Leads to another item already: {id}.", "Sudah menuju butir lain: {id}."),
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
        "The address {link}{place} cannot be used: {reason}.", "Alamat {link}{place} tidak dapat dipakai: {reason}."
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
        "The name ends in {extension} but the content is {found}: give the file the name of its kind.",
        "Nama berakhiran {extension} tetapi isinya {found}: beri berkas nama yang sesuai dengan jenisnya.",
    ),
    "too_many_files": Text("A document has at most {max} files.", "Dokumen memuat paling banyak {max} berkas."),
    "infected_file": Text(
        "The virus scanner found {found} in this file: nobody gets it. Take it out, and scan the computer that it comes from.",
        "Pemindai virus menemukan {found} dalam berkas ini: tidak seorang pun mendapatkannya. Keluarkan berkas ini, dan periksa komputer asalnya.",
    ),
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
        "This reads like an advertisement for gambling, or has a link; texts of images are not reviewed.",
        "Teks ini menyerupai iklan judi atau memuat tautan; teks gambar tidak melalui peninjauan.",
    ),
    "not_with": Text("Must be left out together with {other}.", "Tidak boleh diisi bersama {other}."),
    "damaged_file": Text(
        "The file is damaged or unsafe: {reason}. Save or print it anew without that, and upload it again.",
        "Berkas rusak atau tidak aman: {reason}. Simpan atau cetak ulang tanpa hal itu, lalu unggah lagi.",
    ),
    "damaged_part": Text(
        "{part}, which is packed inside, is damaged or unsafe: {reason}. Save it anew without that or leave it out, pack the rest again, and upload it.",
        "{part} yang dikemas di dalamnya rusak atau tidak aman: {reason}. Simpan ulang tanpa hal itu atau keluarkan, kemas lagi, lalu unggah.",
    ),
    "unsupported_part": Text(
        "{part}, which is packed inside, is {found}. Leave it out or change it, pack the rest again, and upload it.",
        "{part} yang dikemas di dalamnya adalah {found}. Keluarkan atau ubah, kemas lagi, lalu unggah.",
    ),
}
