"""The Indonesian words for `{expected}` of the rules `bad_format` and `wrong_type`, by the English words."""

from __future__ import annotations

from typing import Final

EXPECTATIONS: Final = {
    "text": "teks",
    "text in UTF-8": "teks dalam UTF-8",
    "a whole number": "bilangan bulat",
    "true or false": "true atau false",
    "a list": "sebuah daftar",
    "an object": "sebuah objek",
    'an object such as {"x": 50, "y": 40}': 'objek seperti {"x": 50, "y": 40}',
    "another value": "nilai lain",
    "letters or digits": "huruf atau angka",
    "lower-case letters, digits and single hyphens": "huruf kecil, angka, dan tanda hubung tunggal",
    "a file with a name": "berkas yang bernama",
    "a UUIDv7": "UUIDv7",
    "ids, separated by commas": "id, dipisahkan koma",
    "ids of offices, separated by commas": "id kantor, dipisahkan koma",
    "the id of a person": "id seseorang",
    "the id of a finding": "id sebuah temuan",
    "words of together at most 60 characters": "kata-kata yang bersama-sama paling banyak 60 karakter",
    "slugs, separated by commas": "slug, dipisahkan koma",
    "slugs of agencies": "slug perangkat daerah",
    "the slug of an agency": "slug sebuah perangkat daerah",
    "a Kemendagri code such as 64.71.06": "kode Kemendagri seperti 64.71.06",
    "Kemendagri codes such as 64.71.06": "kode Kemendagri seperti 64.71.06",
    "a code such as BK-A": "kode seperti BK-A",
    "codes such as BK-A,SM-6": "kode seperti BK-A,SM-6",
    "types such as post": "jenis seperti post",
    "actions such as post.published": "tindakan seperti post.published",
    "years such as 2025,2026": "tahun seperti 2025,2026",
    "2017, 2017-05 or 2017-05-12": "2017, 2017-05, atau 2017-05-12",
    "a date such as 2026-11-24": "tanggal seperti 2026-11-24",
    "a date that exists": "tanggal yang ada",
    "a time such as 2026-11-24T08:00:00+08:00": "waktu seperti 2026-11-24T08:00:00+08:00",
    "a time such as 2026-11-24T08:00:00+08:00; in an address + is written %2B": (
        "waktu seperti 2026-11-24T08:00:00+08:00; dalam alamat, + ditulis %2B"
    ),
    "a time that exists": "waktu yang ada",
    "a web address": "alamat web",
    "an e-mail address": "alamat surel",
    "an address such as nama@contoh.go.id": "alamat seperti nama@contoh.go.id",
    "a number such as +62 542 123456": "nomor seperti +62 542 123456",
    "an origin such as https://dpu.example.go.id or http://localhost:5173, without a path": (
        "asal (origin) seperti https://dpu.example.go.id atau http://localhost:5173, tanpa path"
    ),
    "a domain in lower case, such as bmkg.example": "domain dalam huruf kecil, seperti bmkg.example",
    "an address such as https://dpu.example.go.id/berita/{slug}, with places out of {slug}, {id}, {serial}, {number}, {year}": (
        "alamat seperti https://dpu.example.go.id/berita/{slug}, dengan isian dari {slug}, {id}, {serial}, {number}, {year}"
    ),
    "a path below /manage/v1/ without query parameters": "path di bawah /manage/v1/ tanpa parameter",
    "a JSON pointer to a field, such as /title": "JSON pointer ke sebuah bidang, seperti /title",
    "an ETag or version such as v3": "ETag atau versi seperti v3",
    'the ETag that was read, such as "v7"': 'ETag yang dibaca, seperti "v7"',
    "one key of 1 to 255 printable ASCII characters without a comma": (
        "satu kunci sepanjang 1 sampai 255 karakter ASCII yang tercetak, tanpa koma"
    ),
    "a cursor of this list": "kursor dari daftar ini",
    "a position from links.next": "posisi dari links.next",
    "a log position, such as 48213; epoch=k3v9mrta": "posisi log, seperti 48213; epoch=k3v9mrta",
    "<epoch>-<sequence>": "<epoch>-<nomor urut>",
}
