"""Texts with personal data: the part of the labelled set by which the expressions were tuned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cms.privacy.kinds import DataKind
from tests.privacy.made_up import Maker


class Labelled(NamedTuple):
    """A text, and what must be found in it: its kind, and the value in one spelling."""

    text: str
    kind: DataKind
    value: str


def spaced(digits: str, *sizes: int, by: str = " ") -> str:
    """The number in groups."""
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return by.join(parts)


def niks(make: Maker) -> Iterator[tuple[str, str]]:
    """Texts with a NIK, one of each kind of writing."""
    name, village = make.name(), make.village()
    n = make.nik()
    yield f"Yang bertanda tangan di bawah ini:\nNama : {name}\nNIK : {n}\nPekerjaan : Wiraswasta", n
    n = make.nik()
    yield (
        f"Daftar Penerima Bantuan Sosial Tahun 2026\nNo Nama NIK Kelurahan\n1 {name} {n} {village}\n2 {make.name()} 64710000 {village}",
        n,
    )
    n = make.nik()
    yield f"Penerima bantuan atas nama {name} ({n}) menerima paket sembako di Kelurahan {village}.", n
    n = make.nik()
    yield f"KTP Nomor {spaced(n, 4, 4, 4, 4)} atas nama {name}", n
    n = make.nik()
    yield f"NIK. {spaced(n, 6, 6, 4, by='.')} a.n. {name}", n
    n = make.nik()
    yield f"{make.number(1, 90)} {name} {spaced(n, 12, 4, by=chr(10))} L {village}", n
    n = make.nik()
    yield f"N I K  {' '.join(n)}\nNAMA {name.upper()}", n
    n = make.nik()
    yield f"{name}\t{n}.0\t{village}\t{make.number(1, 12)}", n
    n = make.nik()
    yield f"NIK:{n[:9]}{n[9:].replace('0', 'O').replace('1', 'l')}\nNama: {name}", n
    n = make.nik()
    yield f"No,Nama,NIK,Alamat\n1,{name},{n},Jl. {make.street()}", n
    n = make.nik()
    yield f"Nomor Induk Kependudukan (NIK)\t:\t{spaced(n, 6, 6, 4, by='-')}", n
    n = make.nik()
    yield f"{make.number(1, 40)}. {name.upper()}, lahir di {village}, NIK{n}, bertempat tinggal di Kota Balikpapan.", n
    n = make.nik()
    yield f"Pemohon: {name} / {n}\nNIP pemeriksa: {make.nip()}", n
    n = make.nik()
    yield f"| {make.number(1, 90)} | {name} | '{n} | {village} |", n


def family_cards(make: Maker) -> Iterator[tuple[str, str]]:
    """Texts with the number of a family card."""
    name = make.name()
    n = make.family_card()
    yield f"No. KK : {n}\nKepala Keluarga : {name}", n
    n = make.family_card()
    yield f"KARTU KELUARGA\nNo. {n}\nNama Kepala Keluarga : {name}\nAlamat : {make.village()}", n
    n = make.family_card()
    yield f"Nama Nomor KK NIK\n{name} {n} 6471", n
    n = make.family_card()
    yield f"Nomor Kartu Keluarga {spaced(n, 4, 4, 4, 4)}", n
    n = make.family_card()
    yield f"{make.number(1, 30)};{name};{n};{make.village()};{make.number(1, 9)} jiwa", n
    n = make.family_card()
    yield f"No.KK/NIK: {n}/{make.nik()}", n


def others(make: Maker) -> Iterator[Labelled]:
    """Texts with the other kinds."""
    name, digits = make.name(), make.digits(13)
    phone = "08123" + make.digits(7)
    yield Labelled(f"Data Penerima: {name}, HP {phone}, warga {make.village()}", DataKind.TELEPHONE, phone)
    yield Labelled(
        f"Nama: {name}\nTempat lahir: Samarinda\nNo. HP: {phone[:4]}-{phone[4:8]}-{phone[8:]}",
        DataKind.TELEPHONE,
        phone,
    )
    mail = f"{name.split()[0].lower()}{make.number(70, 99)}@gmail.com"
    yield Labelled(f"Pemohon informasi: {name}, surel {mail}", DataKind.EMAIL, mail)
    yield Labelled(f"Nama {name} No. Rekening BRI {digits}", DataKind.BANK_ACCOUNT, digits)
    yield Labelled(f"{name} Bank BCA {digits[:10]} Rp 600.000", DataKind.BANK_ACCOUNT, digits[:10])
    street = f"jl. {make.street().lower()} no. {make.number(1, 99)}"
    yield Labelled(f"Nama : {name}\nTempat tinggal : {street.title()}", DataKind.ADDRESS, street)
    home = f"jl. {make.street().lower()} rt 0{make.number(1, 9)} rw 0{make.number(1, 9)}"
    yield Labelled(f"Daftar nama penerima bantuan\n1 {name} {home}", DataKind.ADDRESS, home)
    tax = "09" + make.digits(13)
    yield Labelled(f"NPWP {tax[:2]}.{tax[2:5]}.{tax[5:8]}.{tax[8]}-{tax[9:12]}.{tax[12:]} {name}", DataKind.NPWP, tax)
    n = make.nik()
    yield Labelled(f"NPWP (16 digit): {n}", DataKind.NPWP, n)


def tuned_people(count: int, seed: int = 7) -> list[Labelled]:
    """So many labelled texts."""
    make, found = Maker(seed), []
    while len(found) < count:
        found += [Labelled(text, DataKind.NIK, value) for text, value in niks(make)]
        found += [Labelled(text, DataKind.FAMILY_CARD, value) for text, value in family_cards(make)]
        found += others(make)
    return found[:count]
