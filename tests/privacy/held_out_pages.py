"""Clean pages that were written before the expressions were tuned and were never looked at while tuning."""

from __future__ import annotations

from itertools import cycle, islice

from tests.privacy.made_up import Maker
from tests.privacy.tuned_pages import Page


def assignment(make: Maker) -> str:
    """An order to travel."""
    people = "\n".join(
        f"Nama : {make.name()}\nNIP : {make.nip()}\nPangkat/Gol : Penata (III/{make.one('a', 'b', 'c')})"
        for _ in range(make.number(2, 6))
    )
    return f"SURAT PERINTAH TUGAS\nNomor : 094/{make.digits(4)}/DLH\nMEMERINTAHKAN\nKepada :\n{people}\nUntuk melakukan survei di Kecamatan {make.village()} pada {make.day()}. Pembebanan pada {make.budget_code()}.\n"


def report(make: Maker) -> str:
    """A report of spending in columns without words."""
    rows = "\n".join(
        f"{make.number(1, 9)}.{make.number(1, 9)} {make.money()} {make.money()} {make.money()} {make.number(1, 100)}"
        for _ in range(make.number(20, 45))
    )
    return f"LAPORAN REALISASI SEMESTER PERTAMA\n{rows}\nSaldo per {make.day()} Rp {make.money()}\nNomor SP2D {make.digits(5)}/LS/{make.digits(4)}\n"


def emergency(make: Maker) -> str:
    """Numbers to call."""
    rows = "\n".join(
        f"{make.one('BPBD', 'PMI', 'Damkar', 'RSUD Beriman', 'Satpol PP', 'Polresta')} {make.village()} : {make.one('0542-' + make.digits(6), make.mobile())}"
        for _ in range(make.number(6, 15))
    )
    return f"Nomor Penting Kota Balikpapan\n{rows}\nPusat panggilan 112, bebas pulsa 24 jam.\n"


def register(make: Maker) -> str:
    """A list of public information."""
    rows = "\n".join(
        f"{index} Dokumen {make.one('RKA', 'DPA', 'LKjIP', 'Renstra', 'SOP')} {make.number(2018, 2026)} {make.one('Kasubag Program', 'Sekretaris Dinas')} {make.one('Setiap saat', 'Berkala')} {make.number(1, 10)} tahun {make.number(100, 999)}.{make.number(1, 99)}"
        for index in range(1, make.number(12, 30))
    )
    return f"DAFTAR INFORMASI PUBLIK\nNo Judul Penanggung Jawab Klasifikasi Retensi Kode\n{rows}\n"


def invitation(make: Maker) -> str:
    """An invitation with somebody to confirm to."""
    return f"Hal : Undangan\nYth. Para Lurah se-Kota Balikpapan\nMengharap kehadiran Saudara pada {make.day()} di Aula Balai Kota, Jl. Jend. Sudirman No. 1. Konfirmasi kehadiran kepada Sdri. {make.name()}, HP {make.mobile()}.\nTembusan: Wali Kota.\na.n. Sekretaris Daerah\n{make.name()}\nPembina Utama Muda\nNIP {make.nip()}\n"


def village(make: Maker) -> str:
    """A profile of a kelurahan."""
    return f"PROFIL KELURAHAN {make.village().upper()}\nJumlah penduduk {make.number(5, 40)}.{make.digits(3)} jiwa, {make.number(1, 9)}.{make.digits(3)} KK, {make.number(20, 80)} RT. Kantor: Jl. {make.street()} No. {make.number(1, 90)} RT {make.number(1, 60)}, telepon 0542-{make.digits(6)}, surel kelurahan{make.village().split()[0].lower()}@gmail.com. Batas utara {make.village()}; luas {make.number(1, 20)},{make.digits(2)} km2; kode wilayah 64.71.0{make.number(1, 6)}.10{make.number(10, 20)}.\n"


def roads(make: Maker) -> str:
    """A table of works on streets."""
    rows = "\n".join(
        f"{index} Peningkatan Jalan {make.street()} RT {make.number(1, 60)} RW {make.number(1, 9)} {make.village()} {make.number(50, 900)} m {make.money()} CV {make.name()}"
        for index in range(1, make.number(6, 16))
    )
    return f"DAFTAR PEKERJAAN DINAS PU TAHUN {make.number(2020, 2026)}\nNo Paket Volume Nilai Pelaksana\n{rows}\n"


def figures(make: Maker) -> str:
    """Open data without words: codes, coordinates, moments."""
    rows = "\n".join(
        f"{make.digits(4)};{make.day()};-1.{make.digits(6)};116.{make.digits(6)};{make.digits(14)};{make.number(0, 9999)}"
        for _ in range(make.number(15, 40))
    )
    return f"id;tanggal;lintang;bujur;stempel;nilai\n{rows}\n"


def auction(make: Maker) -> str:
    """A tender with an account of the treasurer."""
    return f"Jaminan penawaran disetor ke rekening giro Bendahara Pengeluaran RSUD Beriman pada Bank BPD nomor {make.digits(10)}. Peserta: PT {make.one('Cipta Niaga', 'Alam Raya')} NPWP 02.{make.digits(3)}.{make.digits(3)}.{make.digits(1)}-725.000; KBLI {make.digits(5)}; sertifikat {make.digits(16)}. Penjelasan pada {make.day()} di ULP, Jl. {make.street()} No. {make.number(1, 99)}.\n"


def complaint(make: Maker) -> str:
    """How to complain."""
    return f"Sampaikan aduan Anda melalui SP4N-LAPOR!, WhatsApp {make.mobile()} atau surel layanan@balikpapan.go.id. Sertakan nama lengkap dan NIK; data Anda kami rahasiakan. Aduan nomor {make.digits(7)} ditindaklanjuti Dinas {make.one('Perhubungan', 'Sosial')} pada {make.day()}. Pos piket: Jl. {make.street()} No. {make.number(1, 99)}.\n"


PAGES: tuple[Page, ...] = (
    assignment,
    report,
    emergency,
    register,
    invitation,
    village,
    roads,
    figures,
    auction,
    complaint,
)


def held_out_pages(count: int, seed: int = 4711) -> list[str]:
    """So many pages, as many of each kind."""
    make = Maker(seed)
    return [page(make) for page in islice(cycle(PAGES), count)]
