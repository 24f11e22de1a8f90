"""Posts for the benchmark: deterministic, Indonesian-like, of the size of a post of the city.

40 agencies, 16 categories, 200 tags of which few are used often (Zipf and Mandelbrot), titles of about 80 characters,
summaries of about 200, bodies of about 4 KB in Markdown, 5 tags each. The same number gives the same post on every machine
and at every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

SEED = 20_260_101
AGENCIES = 40
TAGS = 200
TAGS_PER_POST = 5
TITLE_CHARACTERS = 80
SUMMARY_CHARACTERS = 200
BODY_CHARACTERS = 4000
# The newest post; the others lie evenly spread over the time before it.
NEWEST = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=5 * 365)

CATEGORIES = (
    "pemerintahan", "layanan-publik", "infrastruktur", "lalu-lintas", "air-bersih", "kesehatan", "pendidikan",
    "lingkungan", "kebencanaan", "ekonomi-umkm", "ketenagakerjaan", "sosial", "kependudukan", "pariwisata-budaya",
    "olahraga-pemuda", "teknologi-informasi",
)  # fmt: skip
# Kecamatan and some kelurahan of Balikpapan.
AREAS = ("64.71.01", "64.71.02", "64.71.03", "64.71.04", "64.71.05", "64.71.06", "64.71.06.1001", "64.71.04.1002")
KINDS = ("berita", "siaran_pers", "pengumuman", "agenda", "artikel")
KIND_WEIGHTS = (60, 10, 15, 10, 5)

WORDS = (
    "dan", "yang", "di", "untuk", "dengan", "pada", "dari", "dalam", "ini", "kota", "warga", "masyarakat", "layanan",
    "kegiatan", "pemerintah", "daerah", "dinas", "kantor", "jalan", "air", "sekolah", "pasar", "kesehatan", "bersih",
    "program", "pelaksanaan", "pembangunan", "perbaikan", "pemeliharaan", "rapat", "koordinasi", "sosialisasi",
    "pelatihan", "pendaftaran", "bantuan", "kelurahan", "kecamatan", "wilayah", "jadwal", "informasi", "penutupan",
    "pengalihan", "lalu", "lintas", "gangguan", "distribusi", "pelanggan", "petugas", "kepala", "bidang", "seksi",
    "menyampaikan", "menjelaskan", "mengatakan", "mengimbau", "mengajak", "melaksanakan", "meningkatkan", "menerima",
    "mendukung", "bersama", "seluruh", "setiap", "peserta", "hari", "pagi", "siang", "minggu", "bulan", "tahun",
    "anggaran", "laporan", "hasil", "kerja", "sama", "pihak", "lebih", "baik", "cepat", "mudah", "aman", "sehat",
    "lingkungan", "sampah", "taman", "pantai", "pelabuhan", "bandara", "terminal", "puskesmas", "imunisasi", "balita",
    "remaja", "lansia", "keluarga", "penduduk", "kartu", "akta", "izin", "usaha", "mikro", "koperasi", "harga", "pangan",
    "nelayan", "petani", "pemuda", "olahraga", "budaya", "wisata", "pameran", "lomba", "perpustakaan", "arsip", "data",
    "digital", "aplikasi", "jaringan", "keamanan", "banjir", "longsor", "kebakaran", "siaga", "posko", "relawan",
    "drainase", "jembatan", "trotoar", "penerangan", "rumah", "susun", "tanah", "ruang", "pajak", "retribusi", "investasi",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BenchAgency:
    """An agency of the data set."""

    slug: str
    name: str
    short_name: str


CARRIER = "opd-01"
"""The agency that carries every tenth post of the others: four times as many as it owns."""
CARRIED = 10


def agencies() -> list[BenchAgency]:
    """All agencies."""
    numbers = range(1, AGENCIES + 1)
    return [BenchAgency(f"opd-{n:02}", f"Dinas Contoh Nomor {n} Kota Balikpapan", f"Dinas {n}") for n in numbers]


def tags() -> list[str]:
    """All tags, the most used one first."""
    source = Random(SEED)  # noqa: S311 - repeatable text, no secret
    found: dict[str, None] = {}
    while len(found) < TAGS:
        found["-".join(source.sample(WORDS[9:], 2))] = None
    return list(found)


def published_at(number: int, count: int) -> datetime:
    """When post `number` of `count` was published: 0 is the newest."""
    return NEWEST - SPAN * number / count


def posts(count: int, first: int = 0) -> Iterator[dict[str, Any]]:
    """`count` posts with the field names of the management plane, and `id` and `published_at` beside them.

    `first` is the number of the first one; posts of another range have other ids, titles and texts.
    """
    writer = _Writer()
    for number in range(first, first + count):
        yield writer.post(number, count)


class _Writer:
    """Writes posts; holds what all of them share."""

    def __init__(self) -> None:
        self._tags = tags()
        self._tag_weights = list(accumulate(1 / (rank + 3) for rank in range(1, TAGS + 1)))
        self._agencies = [agency.slug for agency in agencies()]

    def post(self, number: int, count: int) -> dict[str, Any]:
        """Post `number` of `count`."""
        source = Random(SEED + 1 + number)  # noqa: S311 - repeatable text, no secret
        moment = published_at(number % count, count)
        agency = self._agencies[source.randrange(AGENCIES)]
        return {
            "id": _identifier(moment, source),
            "agency": agency,
            "channel": agency,
            "kind": source.choices(KINDS, KIND_WEIGHTS)[0],
            "title": f"{_text(source, TITLE_CHARACTERS)} {number}".capitalize(),
            "summary": _text(source, SUMMARY_CHARACTERS).capitalize() + ".",
            "body": _body(source),
            "body_format": "markdown",
            "language": "id",
            "category": CATEGORIES[source.randrange(len(CATEGORIES))],
            "tags": self._some_tags(source),
            "areas": [AREAS[source.randrange(len(AREAS))]],
            "dateline": "Balikpapan",
            "event_date": moment.date().isoformat(),
            "credit": {"unit": agency, "initials": "abc/def"},
            "source_url": None,
            "valid_from": None,
            "valid_until": None,
            "cover": None,
            "published_at": moment,
        }

    def _some_tags(self, source: Random) -> list[str]:
        chosen: dict[str, None] = {}
        while len(chosen) < TAGS_PER_POST:
            chosen[source.choices(self._tags, cum_weights=self._tag_weights)[0]] = None
        return list(chosen)


def _text(source: Random, characters: int) -> str:
    """Words that together have about `characters` characters, never more."""
    words = source.choices(WORDS, k=characters // 4)
    text = " ".join(words)[: characters + 1]
    return text.rpartition(" ")[0]


def _body(source: Random) -> str:
    """Markdown of about BODY_CHARACTERS characters: paragraphs, one heading, one list, one link."""
    sentences = (_text(source, source.randrange(60, 160)).capitalize() + "." for _ in iter(int, 1))
    parts = [next(sentences), f"## {_text(source, 40).capitalize()}"]
    parts.append("\n".join(f"- {_text(source, 60)}" for _ in range(4)))
    parts.append(f"[{_text(source, 30)}](https://web.balikpapan.go.id/)")
    length = sum(map(len, parts))
    while length < BODY_CHARACTERS:
        paragraph = " ".join(next(sentences) for _ in range(4))
        parts.append(paragraph[: BODY_CHARACTERS - length])
        length += len(parts[-1]) + 2
    return "\n\n".join(parts)


def _identifier(moment: datetime, source: Random) -> str:
    """A UUIDv7 made of the moment and repeatable bits."""
    milliseconds = int(moment.timestamp() * 1000)
    value = milliseconds << 80 | 0x7 << 76 | source.getrandbits(12) << 64 | 0b10 << 62 | source.getrandbits(62)
    return str(UUID(int=value))
