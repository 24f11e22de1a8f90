"""Values of people and offices that nobody has, in the forms of real ones, for the labelled sets."""

from __future__ import annotations

from random import Random

NAMES = (
    "Asep Sunandar", "Siti Rahmah", "Budi Santoso", "Dewi Lestari", "Muhammad Rizky", "Nur Aini", "Agus Salim", "Rina Marlina",
    "Yohanes Tandi", "Maria Goreti", "I Made Sudarsana", "Ni Luh Ayu", "Hendra Gunawan", "Fitriani", "Syamsuddin", "Rahmawati",
    "Joko Prasetyo", "Sri Wahyuni", "Abdul Karim", "Halimah", "Theresia Bunga", "Andi Baso", "Lalu Ahmad", "Ketut Suarna",
)  # fmt: skip
STREETS = (
    "Melati", "Pahlawan", "MT Haryono", "Ahmad Yani", "Soekarno Hatta", "Mawar", "Kenanga", "Sepinggan Baru", "Syarifuddin Yoes",
    "Mulawarman", "Iswahyudi", "Beller", "Manunggal", "Projakal", "Marsma R. Iswahyudi", "Letjen Suprapto",
)  # fmt: skip
VILLAGES = ("Sepinggan", "Manggar", "Damai", "Telaga Sari", "Baru Ilir", "Kariangau", "Gunung Bahagia", "Lamaru")
PROVINCES = (11, 12, 13, 16, 18, 31, 32, 33, 34, 35, 36, 51, 53, 61, 63, 64, 65, 71, 73, 74, 81, 91, 94, 97)


class Maker:
    """Makes values from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def one(self, *choices: str) -> str:
        """One of the choices."""
        return self.random.choice(choices)

    def digits(self, count: int) -> str:
        """So many digits."""
        return "".join(self.random.choice("0123456789") for _ in range(count))

    def number(self, low: int, high: int) -> int:
        """A number from low to high."""
        return self.random.randint(low, high)

    def name(self) -> str:
        """A name."""
        return self.random.choice(NAMES)

    def street(self) -> str:
        """A name of a street."""
        return self.random.choice(STREETS)

    def village(self) -> str:
        """A name of a kelurahan."""
        return self.random.choice(VILLAGES)

    def day(self) -> str:
        """A day in words."""
        month = self.one("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September")
        return f"{self.number(1, 28)} {month} {self.number(2019, 2026)}"

    def _region(self) -> str:
        city = self.number(1, 25) if self.random.random() < 0.6 else self.number(71, 77)
        return f"{self.random.choice(PROVINCES)}{city:02d}{self.number(1, 25):02d}"

    def nik(self) -> str:
        """A possible NIK; half are of women."""
        day = self.number(1, 28) + self.random.choice((0, 40))
        return f"{self._region()}{day:02d}{self.number(1, 12):02d}{self.number(0, 99):02d}{self.number(1, 9999):04d}"

    def family_card(self) -> str:
        """A possible number of a family card."""
        return f"{self._region()}{self.number(1, 28):02d}{self.number(1, 12):02d}{self.number(5, 26):02d}{self.number(1, 9999):04d}"

    def nip(self) -> str:
        """A NIP in one piece or in groups."""
        born = f"{self.number(1965, 2000)}{self.number(1, 12):02d}{self.number(1, 28):02d}"
        parts = (
            born,
            f"{self.number(1990, 2024)}{self.number(1, 12):02d}",
            self.one("1", "2"),
            f"{self.number(1, 40):03d}",
        )
        return self.one("", " ").join(parts)

    def mobile(self) -> str:
        """A mobile telephone."""
        start, rest = f"08{self.one('11', '12', '13', '21', '22', '52', '53', '57', '77', '95')}", self.digits(8)
        return self.one(
            start + rest, f"{start}-{rest[:4]}-{rest[4:]}", f"{start} {rest[:4]} {rest[4:]}", f"+62{start[1:]}{rest}"
        )

    def money(self) -> str:
        """A sum with points."""
        return f"{self.number(1, 999)}.{self.number(0, 999):03d}.{self.number(0, 999):03d}.{self.number(0, 999):03d}"

    def budget_code(self) -> str:
        """A code of a budget account."""
        return f"5.{self.number(1, 3)}.{self.number(1, 5):02d}.{self.number(1, 5):02d}.{self.number(1, 9):02d}.{self.number(1, 99):04d}"
