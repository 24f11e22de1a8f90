"""Texts with personal data that were written before the expressions were tuned and whose failures were never looked at while tuning."""

from __future__ import annotations

from collections.abc import Iterator

from cms.privacy.kinds import DataKind
from tests.privacy.made_up import Maker
from tests.privacy.tuned_people import Labelled, spaced


def _numbers(make: Maker) -> Iterator[Labelled]:
    nik, card = DataKind.NIK, DataKind.FAMILY_CARD
    n, k = make.nik(), make.family_card()
    yield Labelled(f"Menetapkan Saudara {make.name()}, Nomor KTP {n}, sebagai Ketua RT {make.number(1, 60)}.", nik, n)
    n = make.nik()
    yield Labelled(
        f"LAMPIRAN BERITA ACARA\nNO NAMA L/P NIK USIA\n{make.number(1, 99)} {make.name()} P {n} {make.number(20, 80)}",
        nik,
        n,
    )
    n = make.nik()
    yield Labelled(f"{make.name()} {n}\n{make.name()} 1234\n{make.name()} 5678", nik, n)
    n = make.nik()
    yield Labelled(f"Nama\tNIK\tUsaha\n{make.name()}\t{spaced(n, 4, 4, 4, 4)}\tWarung", nik, n)
    n = make.nik()
    yield Labelled(f"(NIK: {n}) selaku kuasa dari {make.name()}", nik, n)
    n = make.nik()
    yield Labelled(f"identitas kependudukan {spaced(n, 6, 6, 4)} tercatat sejak {make.day()}", nik, n)
    n = make.nik()
    yield Labelled(f"Nik pemilik kios: {n}; blok B{make.number(1, 30)}", nik, n)
    n = make.nik()
    yield Labelled(f"{make.number(1, 9)}) {make.name()}, {make.village()}, {make.day()}, {n}", nik, n)
    n = make.nik()
    yield Labelled(f"Surat Keterangan Tidak Mampu\nNomor Induk Kependudukan : {n}\nAgama : Islam", nik, n)
    n = make.nik()
    yield Labelled(f'"{make.name()}","{n}","{make.village()}"', nik, n)
    n = make.nik()
    yield Labelled(f"No. Identitas {n} telah melakukan perekaman pada {make.day()}", nik, n)
    yield Labelled(f"Nomor KK: {k}, jumlah anggota {make.number(1, 8)}", card, k)
    k = make.family_card()
    yield Labelled(f"NO KK NAMA KEPALA KELUARGA DTKS\n{k} {make.name()} YA", card, k)
    k = make.family_card()
    yield Labelled(f"Berdasarkan kartu keluarga nomor {k} yang diterbitkan Disdukcapil", card, k)
    k = make.family_card()
    yield Labelled(f"{make.name()}\t{k}\t{make.nik()}\t{make.village()}", card, k)


def _others(make: Maker) -> Iterator[Labelled]:
    phone, mail = "08952" + make.digits(7), f"{make.name().split()[-1].lower()}.{make.number(1, 99)}@yahoo.co.id"
    yield Labelled(f"Pelapor {make.name()} dapat dihubungi di nomor pribadi {phone}", DataKind.TELEPHONE, phone)
    yield Labelled(f"Daftar Pendaftar Lomba\n1 {make.name()} {make.village()} {phone}", DataKind.TELEPHONE, phone)
    yield Labelled(f"Alamat surel penduduk yang bersangkutan ialah {mail}.", DataKind.EMAIL, mail)
    account = make.digits(10)
    yield Labelled(
        f"Transfer insentif kader {make.name()} ke rekening Mandiri nomor {account}", DataKind.BANK_ACCOUNT, account
    )
    home = f"jalan {make.street().lower()} nomor {make.number(1, 80)}"
    yield Labelled(f"Tergugat {make.name()}, berdomisili di {home}, Kota Balikpapan", DataKind.ADDRESS, home)
    tax = "08" + make.digits(13)
    yield Labelled(f"Nomor Pokok Wajib Pajak (NPWP) {tax} milik {make.name()}", DataKind.NPWP, tax)


def held_out_people(count: int, seed: int = 2026) -> list[Labelled]:
    """So many labelled texts."""
    make, found = Maker(seed), []
    while len(found) < count:
        found += [*_numbers(make), *_others(make)]
    return found[:count]
