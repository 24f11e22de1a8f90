"""The Indonesian words for `{reason}`, `{found}` and `{extension}` of refused files, by the English words."""

from __future__ import annotations

from typing import Final

IN_INDONESIAN: Final = {
    "it has a script": "berisi skrip",
    "it starts a program": "menjalankan program",
    "there are other files inside": "berisi berkas lain di dalamnya",
    "it has a form that is a program (XFA)": "berisi formulir yang berupa program (XFA)",
    "it plays films or other programs": "memutar film atau menjalankan program lain",
    "it says far too often what happens when it is opened": "terlalu sering menyebut apa yang terjadi saat dibuka",
    "it does something when it is opened or turned over": "melakukan sesuatu saat dibuka atau dibalik halamannya",
    "it does something when it is opened": "melakukan sesuatu saat dibuka",
    "it hides the name of an action": "menyembunyikan nama suatu tindakan",
    "its objects are packed in an unusual way": "objeknya dimampatkan dengan cara yang tidak lazim",
    "it unpacks to far more than its size": "isinya jauh lebih besar daripada ukuran berkasnya",
    "its objects cannot be looked at: they are broken": "objeknya tidak dapat diperiksa karena rusak",
    "its zip structure is broken": "struktur zip-nya rusak",
    "the end of the zip file is missing or followed by something else": "akhir berkas zip hilang atau diikuti hal lain",
    "it has more than 1000 parts": "memiliki lebih dari 1000 bagian",
    "it has no parts or more than 1000": "tidak memiliki bagian atau memiliki lebih dari 1000",
    "two parts have the same name": "dua bagian bernama sama",
    "a part has a path outside of the file": "suatu bagian beralamat di luar berkas",
    "a part is a link": "suatu bagian berupa tautan",
    "it is encrypted and cannot be looked into: save it without a password": "dienkripsi sehingga tidak dapat diperiksa; simpanlah tanpa kata sandi",
    "a part is packed in an unusual way": "suatu bagian dimampatkan dengan cara yang tidak lazim",
    "there is another archive inside": "berisi arsip lain di dalamnya",
    "it fetches an object, a text or a picture from elsewhere when it is opened: break its links (Edit, Links to External Files)": (
        "mengambil objek, teks, atau gambar dari tempat lain saat dibuka: putuskan tautannya (Edit, Links to External Files)"
    ),
    "it fetches a template, an object or a picture from elsewhere when it is opened: break its links (File, Info, Edit Links to Files) and take the ordinary template": (
        "mengambil templat, objek, atau gambar dari tempat lain saat dibuka: putuskan tautannya (File, Info, Edit Links to Files) dan pakai templat biasa"
    ),
    "its main part is missing or broken: open it in the program that made it, which repairs it, and save it again": (
        "bagian utamanya hilang atau rusak: buka dengan program pembuatnya, yang memperbaikinya, lalu simpan lagi"
    ),
    "a field fetches something from elsewhere: mark everything (Ctrl+A) and press Ctrl+Shift+F9, which keeps what is shown, or paste pictures as pictures": (
        "suatu field mengambil sesuatu dari tempat lain: pilih semuanya (Ctrl+A) lalu tekan Ctrl+Shift+F9, yang tetap menyimpan isi yang tampak, atau"
        " tempel gambar sebagai gambar"
    ),
    "a part of the text is a web page or RTF, which is put in when it is opened: open it in Word and save it again": (
        "suatu bagian teks berupa halaman web atau RTF yang dimasukkan saat dibuka: buka dengan Word lalu simpan lagi"
    ),
    "a field hides what it does: mark everything (Ctrl+A) and press Ctrl+Shift+F9, which keeps what is shown": (
        "suatu field menyembunyikan kerjanya: pilih semuanya (Ctrl+A) lalu tekan Ctrl+Shift+F9, yang tetap menyimpan isi yang tampak"
    ),
    "a formula fetches something from elsewhere or asks another program (WEBSERVICE, IMAGE, RTD): copy the cells and paste them as values": (
        "suatu rumus mengambil sesuatu dari tempat lain atau bertanya kepada program lain (WEBSERVICE, IMAGE, RTD): salin selnya lalu tempel sebagai nilai"
    ),
    "a formula is written in a way that hides what it does": "suatu rumus ditulis dengan cara yang menyembunyikan kerjanya",
    "a picture is fetched from elsewhere: cut it and paste it as a picture": "suatu gambar diambil dari tempat lain: potong lalu tempel sebagai gambar",
    "a connection fetches data when the table is opened: end it under Data, Queries and Connections; the data stay": (
        "suatu koneksi mengambil data saat tabel dibuka: hapus koneksi itu di Data, Queries and Connections; datanya tetap ada"
    ),
    "a connection has a password inside: end it under Data, Queries and Connections; the data stay": (
        "suatu koneksi memuat kata sandi: hapus koneksi itu di Data, Queries and Connections; datanya tetap ada"
    ),
    "an action on a slide starts a program or leads away by itself: remove it under Insert, Action": (
        "suatu tindakan pada salindia menjalankan program atau membuka alamat dengan sendirinya: hapus di Insert, Action"
    ),
    "a control (ActiveX) starts a program inside the document: remove it": "suatu kontrol (ActiveX) menjalankan program di dalam dokumen: hapus kontrol itu",
    "a part declares entities": "suatu bagian mendeklarasikan entitas",
    "a part is not XML": "suatu bagian bukan XML",
    "a part has an unusual character set": "suatu bagian memakai set karakter yang tidak lazim",
    "it starts a macro by itself": "menjalankan makro dengan sendirinya",
    "its links are too many to be looked at": "tautannya terlalu banyak untuk diperiksa",
    "it asks other programs for data (DDE)": "meminta data dari program lain (DDE)",
    "its fields and drawings are too many to be looked at": "bidang isian dan gambarnya terlalu banyak untuk diperiksa",
    "a drawing inside has a script or fetches something from elsewhere": "gambar di dalamnya berisi skrip atau mengambil sesuatu dari tempat lain",
    "it is not what its name says: give it the name of its kind": "isinya tidak sesuai dengan namanya: beri nama sesuai jenisnya",
    "the name of a part has hidden characters: name it anew": "nama suatu bagian memuat karakter tersembunyi: beri nama baru",
    "there is a program, a script or a web page inside": "berisi program, skrip, atau halaman web di dalamnya",
    "the end of the film is missing": "akhir film hilang",
    "the end of the film is missing or followed by something else": "akhir film hilang atau diikuti hal lain",
    "its film is not whole": "filmnya tidak utuh",
    "it has no sound where an MP3 has it": "tidak ada suara di tempat yang seharusnya dalam MP3",
    "its JSON is too large to be looked at: pack it as ZIP": "JSON-nya terlalu besar untuk diperiksa; kemaslah sebagai ZIP",
    "it is not JSON": "bukan JSON",
    "its table of contents is too large": "daftar isinya terlalu besar",
    "a part does not match its checksum": "suatu bagian tidak cocok dengan checksum-nya",
    "the end of the PDF is missing, or far before the end of the file": "akhir PDF hilang, atau jauh sebelum akhir berkas",
    "the end of the image is missing": "akhir gambar hilang",
    "the end of the image is missing or followed by something else": "akhir gambar hilang atau diikuti hal lain",
    "the image is shorter or longer than it says": "gambar lebih pendek atau lebih panjang daripada yang disebutnya",
    "it has control characters that text does not have": "berisi karakter kendali yang tidak ada dalam teks",
    "it cannot be decoded as an image": "tidak dapat dibuka sebagai gambar",
    # What a file is, behind "The file is".
    "of an unknown kind": "berjenis tidak dikenal",
    "a web page or XML: open it and save it as .docx, .xlsx, .csv or PDF": "halaman web atau XML: buka lalu simpan sebagai .docx, .xlsx, .csv, atau PDF",
    "a program or a script": "program atau skrip",
    "plain text: save it as .txt or .csv": "teks biasa: simpan sebagai .txt atau .csv",
    "an RTF file: save it as .docx": "berkas RTF: simpan sebagai .docx",
    "an SVG drawing: save it as PNG": "gambar SVG: simpan sebagai PNG",
    "an old Office file with macros: save it without them": "berkas Office lama dengan makro: simpan tanpa makro",
    "a picture, sound or film that is another kind of file as well: open it and save it anew": (
        "gambar, suara, atau film yang sekaligus berkas jenis lain: buka lalu simpan ulang"
    ),
    "an Office file with a password: remove the password and save it again": "berkas Office berkata sandi: hapus kata sandinya lalu simpan lagi",
    'text that is not UTF-8, such as the ordinary CSV of Excel: save it as "CSV UTF-8", or as text with UTF-8': (
        'teks yang bukan UTF-8, seperti CSV biasa dari Excel: simpan sebagai "CSV UTF-8", atau sebagai teks dengan UTF-8'
    ),
    "text with characters that braille in ASCII (BRF) does not have": "teks dengan karakter yang tidak ada dalam braille ASCII (BRF)",
    "JSON that is no GeoJSON (RFC 7946): save the map data as GeoJSON, or pack it as ZIP": (
        "JSON yang bukan GeoJSON (RFC 7946): simpan data petanya sebagai GeoJSON, atau kemas sebagai ZIP"
    ),
    "a picture of another format: save it as JPEG or PNG": "gambar berformat lain: simpan sebagai JPEG atau PNG",
    "a HEIC picture: save it as JPEG": "gambar HEIC: simpan sebagai JPEG",
    "an archive of another format: pack it as ZIP": "arsip berformat lain: kemas sebagai ZIP",
    "an empty ZIP": "ZIP kosong",
    "a sound of another format: save it as MP3": "suara berformat lain: simpan sebagai MP3",
    "a film of another format: save it as MP4": "film berformat lain: simpan sebagai MP4",
    "a sound or film of Windows (WMA, WMV): save it as MP3 or MP4": "suara atau film Windows (WMA, WMV): simpan sebagai MP3 atau MP4",
    "a technical drawing: save it as PDF": "gambar teknik: simpan sebagai PDF",
    "a PostScript file: save it as PDF": "berkas PostScript: simpan sebagai PDF",
    "a database: pack it as ZIP": "basis data: kemas sebagai ZIP",
    "a DjVu scan: save it as PDF": "pindaian DjVu: simpan sebagai PDF",
    "a shortcut: send the file that it leads to": "pintasan: kirim berkas yang ditujunya",
    "an old Word file (.doc): save it as .docx": "berkas Word lama (.doc): simpan sebagai .docx",
    "an old Excel file (.xls): save it as .xlsx": "berkas Excel lama (.xls): simpan sebagai .xlsx",
    "an old PowerPoint file (.ppt): save it as .pptx": "berkas PowerPoint lama (.ppt): simpan sebagai .pptx",
    "a mail of Outlook (.msg): save it as PDF": "surel Outlook (.msg): simpan sebagai PDF",
    "an old Office file: save it as .docx, .xlsx, .pptx or PDF": "berkas Office lama: simpan sebagai .docx, .xlsx, .pptx, atau PDF",
    "an office document with macros or scripts: save it without them": "dokumen Office dengan makro atau skrip: simpan tanpa makro dan skrip",
    "an office document of another kind, such as a template or a drawing: save it as a document, a table, slides or PDF": (
        "dokumen Office jenis lain, seperti templat atau gambar: simpan sebagai dokumen, tabel, salindia, atau PDF"
    ),
    "an e-book (EPUB): save it as PDF": "buku elektronik (EPUB): simpan sebagai PDF",
    "a PDF that is another kind of file as well: open it and save or print it as PDF": (
        "PDF yang sekaligus berkas jenis lain: buka lalu simpan atau cetak sebagai PDF"
    ),
    "no image of these formats": "bukan gambar dengan format tersebut",
    "nothing": "tanpa apa pun",
}
