"""Whose is it? What stands around a telephone, an account or an address tells whether it is a person's or an office's."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

BEFORE: Final = 120
"""Characters before it in which words are looked for; the last one decides."""
HEADING: Final = 600
"""Characters at the beginning of a text that say what the whole is."""

_OFFICE: Final = (
    r"kantor|dinas|disdik\w*|badan|sekretariat|puskesmas|posyandu|rumah sakit|RSUD?|UPTD?|hotline|call ?cent(?:er|re)|layanan|pelayanan|pengaduan|aduan|humas"
    r"|PPID|narahubung|kontak|contact|CP|hub|hubungi\w*|menghubungi|informasi lebih lanjut|info lebih lanjut|info|nomor informasi|pendaftaran|mendaftar|posko|piket|darurat|ambulans?|pemadam|damkar|polsek|polres\w*|koramil"
    r"|PDAM|Perumda|PLN|sekolah|SDN?|SMPN?|SMAN?|SMKN?|TK|PAUD|helpdesk|help desk|admin|panitia|bagian|bidang|seksi|subbag\w*|customer service|CS|redaksi"
    r"|loket|konfirmasi|apotek|klinik|hotel|biro|balai|pos|gerai|MPP|BPBD|Satpol|melapor\w*|lapor\w*|kirim\w*|mengirim\w*|ke nomor|melalui|gedung|pemerintah|pemkot|perangkat daerah"
    r"|PT|CV|perusahaan|penyedia|bank sampah|masjid|pasar|terminal|stasiun|bandara|pelabuhan|sanggar|museum|perpustakaan|stadion|GOR|aula|balai kota|balaikota"
)
_WORK: Final = (
    r"pembangunan|rehabilitasi|pemeliharaan|peningkatan|perbaikan|pekerjaan|paket|kegiatan|lokasi|drainase|belanja|pengadaan|renovasi|lelang|titik|ruas|kerja bakti|normalisasi"
    r"|semenisasi|pengaspalan|penerangan|pos ronda|balai warga|gorong\w*|TPS|jalan lingkungan"
)
_PERSON: Final = (
    r"NIK|KTP|warga|pemilik|penerima|peserta|pemohon|ahli waris|orang ?tua|wali murid|siswa|murid|pasien|korban|pelapor|saksi|terdakwa|tersangka"
    r"|penduduk|rumah|pribadi|tinggal|domisili|berdomisili|lahir|suami|is[ts]r?[ie]|pelamar|pendaftar|karyawan|penyewa|pedagang|nasabah|keluarga|KPM|janda|lansia"
    r"|atas nama|a\.n\.?|nama lengkap|almarhum(?:ah)?"
)
_OFFICIAL: Final = re.compile(rf"\b(?:{_OFFICE})\b", re.IGNORECASE)
_OFFICIAL_OR_WORK: Final = re.compile(rf"\b(?:{_OFFICE}|{_WORK})\b", re.IGNORECASE)
_PERSONAL: Final = re.compile(rf"\b(?:{_PERSON})(?!\w)", re.IGNORECASE)
_DIRECTORY: Final = re.compile(
    r"\b(?:daftar|data|buku)\s+(?:nomor\s+|alamat\s+dan\s+)*(?:telepon|telp|kontak|hotline|layanan|call center|alamat kantor|kantor|puskesmas|sekolah|perangkat|rumah sakit|apotek|pejabat)"
    r"|nomor(?:\s+telepon)?\s+(?:penting|darurat|layanan|pengaduan)|kontak\s+(?:layanan|kami|penting|dinas|perangkat|resmi)|hubungi kami|call center",
    re.IGNORECASE,
)
_REGISTER: Final = re.compile(
    r"\b(?:daftar|data|rekap\w*|register|lampiran)\b[^\n]{0,40}\b(?:penerima|warga|peserta|pemohon|siswa|ahli waris|penduduk|keluarga|KPM|pasien|pelamar|pendaftar|pelanggar|wajib pajak"
    r"|pedagang|relawan|kader|korban|lansia|anak|balita)\b|\bNIK\b|\bnama\b[^\n]{0,40}\balamat\b[^\n]{0,40}\b(?:HP|WA|telepon|telp|TTL)\b",
    re.IGNORECASE,
)


class Surroundings:
    """What a text says about whose its contacts are."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: dict[re.Pattern[str], list[int]] = {}
        heading = text[:HEADING]
        self.is_register = _REGISTER.search(heading) is not None
        """The text is a list of people."""
        self.is_directory = _DIRECTORY.search(heading) is not None and not self.is_register
        """The text is a list of offices."""

    def is_persons(self, start: int, *, otherwise: bool) -> bool:
        """Whether the last word before this place that says so speaks of a person; `otherwise` when none does."""
        person, office = self._last(_PERSONAL, start), self._last(_OFFICIAL, start)
        return otherwise if person == office == -1 else person > office

    def is_home(self, start: int) -> bool:
        """The same for an address: building sites count as offices do, and nothing is a home that no word calls one."""
        person, other = self._last(_PERSONAL, start), self._last(_OFFICIAL_OR_WORK, start)
        return person > other or (self.is_register and other == -1)

    def _last(self, words: re.Pattern[str], start: int) -> int:
        """Where the last of these words before this place begins, -1 when none is near. Each kind is looked for once in a text."""
        if words not in self._places:
            self._places[words] = [found.start() for found in words.finditer(self._text)]
        places = self._places[words]
        index = bisect_left(places, start) - 1
        return places[index] if index >= 0 and places[index] >= start - BEFORE else -1
