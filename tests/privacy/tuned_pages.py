"""Clean pages of official Indonesian, by which the expressions were tuned: decrees, budgets, lists of offices, announcements, tenders."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice

from tests.privacy.made_up import Maker

Page = Callable[[Maker], str]


def decree(make: Maker) -> str:
    """A decree of the mayor with members and NIPs."""
    number = f"188.45-{make.number(10, 999)}/{make.number(2019, 2026)}"
    members = "\n".join(
        f"{index}. {make.name()}, S.{make.one('E', 'Sos', 'T', 'H')}., NIP {make.nip()}, {make.one('Ketua', 'Anggota', 'Sekretaris')}"
        for index in range(1, make.number(4, 14))
    )
    return (
        f"KEPUTUSAN WALI KOTA BALIKPAPAN\nNOMOR {number}\nTENTANG\nPEMBENTUKAN TIM {make.one('PENGENDALIAN INFLASI', 'SAFARI RAMADAN', 'PENANGANAN BANJIR')}\n"
        f"Menimbang : bahwa untuk melaksanakan ketentuan Pasal {make.number(3, 90)} Peraturan Daerah Nomor {make.number(1, 20)} Tahun 2016;\n"
        f"Mengingat : 1. Undang-Undang Nomor 23 Tahun 2014 (Lembaran Negara Republik Indonesia Tahun 2014 Nomor 244, Tambahan Lembaran Negara Nomor 5587);\n"
        f"MEMUTUSKAN\n{members}\nDitetapkan di Balikpapan pada tanggal {make.day()}\n"
    )


def budget(make: Maker) -> str:
    """A table of a budget."""
    rows = "\n".join(
        f"{make.budget_code()} {make.one('Belanja Alat Tulis Kantor', 'Belanja Modal Jalan', 'Belanja Perjalanan Dinas', 'Belanja Jasa Tenaga')} {make.money()},00 {make.money()},00 {make.number(0, 100)},{make.number(0, 99):02d}"
        for _ in range(make.number(10, 30))
    )
    return f"RINGKASAN APBD TAHUN ANGGARAN {make.number(2019, 2026)}\nKode Rekening Uraian Anggaran Realisasi %\n{rows}\nJUMLAH {make.money()},00\nSub kegiatan {make.number(1, 7)}.0{make.number(1, 6)}.02.2.0{make.number(1, 9)}.00{make.number(10, 60)}\n"


def directory(make: Maker) -> str:
    """A list of offices with telephones."""
    rows = "\n".join(
        f"{index} {make.one('Puskesmas', 'Kantor Kelurahan', 'Kantor Camat', 'SMP Negeri', 'UPTD')} {make.village()} Jl. {make.street()} No. {make.number(1, 200)} RT {make.number(1, 60)} (0542) {make.digits(6)} {make.mobile()}"
        for index in range(1, make.number(8, 25))
    )
    return f"DAFTAR TELEPON {make.one('PUSKESMAS DAN KANTOR', 'KANTOR KELURAHAN', 'LAYANAN PUBLIK')} KOTA BALIKPAPAN\nNo Nama Alamat Telepon WA\n{rows}\nSurel: {make.one('humas', 'ppid', 'info')}@balikpapan.go.id\n"


def service(make: Maker) -> str:
    """A page about a service with its contacts."""
    return (
        f"Standar Pelayanan {make.one('Akta Kelahiran', 'Kartu Keluarga', 'KTP-el', 'Izin Reklame')}\nPersyaratan: fotokopi KTP, KK, dan NIK pemohon; surat pengantar RT {make.number(1, 60)}.\n"
        f"Jangka waktu {make.number(1, 14)} hari kerja. Biaya Rp 0.\nPengaduan: WhatsApp {make.mobile()}, telepon (0542) {make.digits(6)}, surel {make.one('disdukcapil', 'dpmptsp', 'kel.damai')}@{make.one('balikpapan.go.id', 'gmail.com')}.\n"
        f"Alamat: Kantor {make.one('Disdukcapil', 'DPMPTSP')}, Jl. {make.street()} No. {make.number(1, 99)}, Balikpapan 761{make.digits(2)}.\n"
    )


def announcement(make: Maker) -> str:
    """An announcement of an event with people to call."""
    return (
        f"PENGUMUMAN\nNomor 005/{make.number(100, 999)}/DKK/{make.number(2022, 2026)}\nPemerintah Kota Balikpapan mengundang warga mengikuti {make.one('lomba mural', 'donor darah', 'pelatihan UMKM', 'vaksinasi rabies')} "
        f"pada {make.day()} pukul {make.number(7, 15)}.00 WITA di {make.one('Taman Bekapai', 'Gedung Parkir', 'BSCC Dome')}, Jl. {make.street()}.\n"
        f"Pendaftaran melalui https://s.id/{make.digits(5)} atau narahubung: {make.name()} ({make.mobile()}) dan {make.name()} ({make.mobile()}).\n"
    )


def tender(make: Maker) -> str:
    """A tender with a company, its tax number and what it built where."""
    return (
        f"PENGUMUMAN PEMENANG\nKode Tender {make.digits(8)} Kode RUP {make.digits(8)}\nPaket Pembangunan Drainase Jl. {make.street()} RT {make.number(1, 60)} RW {make.number(1, 12)} Kelurahan {make.village()}\n"
        f"Pemenang: {make.one('PT', 'CV')} {make.one('Karya Mandiri', 'Borneo Jaya', 'Sinar Abadi')}, NPWP 0{make.number(1, 3)}.{make.digits(3)}.{make.digits(3)}.{make.digits(1)}-721.000\nHarga Penawaran Rp {make.money()},{make.digits(2)}\n"
        f"Nomor Kontrak 602.1/{make.digits(3)}/DPU-BM/{make.number(2020, 2026)}, NIB {make.digits(13)}\nPPK {make.name()}, NIP. {make.nip()}\n"
    )


def revenue(make: Maker) -> str:
    """Taxes, codes of payment and official accounts."""
    return (
        f"Pembayaran PBB-P2 NOP 64.71.0{make.number(10, 50)}.00{make.number(1, 9)}.0{make.number(10, 99)}-{make.digits(4)}.0 melalui virtual account {make.digits(16)} atau kode bayar {make.digits(15)}.\n"
        f"Setoran ke Rekening Kas Umum Daerah Bankaltimtara {make.digits(10)}; NTPN {make.digits(16)}.\nRetribusi dapat disetor ke rekening Bendahara Penerimaan Dinas Perdagangan, Bankaltimtara {make.digits(10)}.\n"
        f"Jatuh tempo {make.day()}. Jumlah ketetapan Rp {make.money()}. ID pelanggan PDAM {make.digits(9)}. Koordinat -1.{make.digits(14)}, 116.{make.digits(15)}.\n"
    )


def news(make: Maker) -> str:
    """News as agencies write it."""
    return (
        f"BALIKPAPAN - Wali Kota meninjau {make.one('normalisasi sungai', 'perbaikan jalan', 'pasar murah')} di RT {make.number(1, 60)} RW {make.number(1, 9)} Kelurahan {make.village()}, {make.day()}. "
        f"Sebanyak {make.number(100, 9000)} keluarga (KK) di {make.number(2, 50)} RT menerima manfaat. \u201cTotal anggaran Rp {make.money()},\u201d kata {make.name()}. Warga dapat melapor ke nomor {make.mobile()} atau 112.\n"
        f"Kendaraan KT {make.number(1000, 9999)} LB menabrak pembatas. Peraturan Nomor {make.number(1, 90)} Tahun {make.number(2010, 2026)}. ISBN 978-602-{make.digits(4)}-{make.digits(2)}-{make.digits(1)}.\n"
    )


def assets(make: Maker) -> str:
    """A list of things of the city, with the numbers of their own registers."""
    rows = "\n".join(
        f"1.3.2.0{make.number(1, 9)}.0{make.number(1, 9)}.01.{make.digits(3)} {make.digits(6)} {make.one('Sepeda Motor', 'Laptop', 'Printer', 'Kamera')} No. Rangka MH1{make.digits(14)} SN {make.digits(12)} {make.money()} {make.number(2005, 2026)}"
        for _ in range(make.number(6, 18))
    )
    return f"KARTU INVENTARIS BARANG B\nKode Barang Register Nama Nomor Harga Tahun\n{rows}\nPengurus Barang,\n{make.name()}\nNIP. {make.nip()}\n"


def schools(make: Maker) -> str:
    """Schools, and teachers by their public numbers."""
    rows = "\n".join(
        f"{index} SD Negeri {make.number(1, 30):03d} NPSN {make.digits(8)} Jl. {make.street()} RT {make.number(1, 60)} Kel. {make.village()} Akreditasi {make.one('A', 'B')} sdn{make.number(1, 30):03d}bpn@gmail.com {make.name()} NUPTK {make.digits(16)}"
        for index in range(1, make.number(5, 14))
    )
    return f"DATA SEKOLAH DASAR KECAMATAN BALIKPAPAN {make.one('SELATAN', 'UTARA', 'KOTA')}\n{rows}\n"


PAGES: tuple[Page, ...] = (decree, budget, directory, service, announcement, tender, revenue, news, assets, schools)


def tuned_pages(count: int, seed: int = 11) -> list[str]:
    """So many pages, as many of each kind."""
    make = Maker(seed)
    return [page(make) for page in islice(cycle(PAGES), count)]
