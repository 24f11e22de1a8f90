"""The labelled texts of moderation: what stands in data/, spoiled as attackers do it or filled in as editors do.

The held-out files were written before the lexicon was tuned and are not used for tuning. Everything is deterministic.
"""

from __future__ import annotations

import itertools
import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
LEET = str.maketrans("aeiost", "4310$7")
CYRILLIC = str.maketrans("aceopxyisj", "асеорхуіѕј")
BOLD = {ord(letter): chr(0x1D5EE + number) for number, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
FULL = {ord(letter): chr(0xFF41 + number) for number, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
CAPS = dict(zip(map(ord, "abcdefghijklmnoprstuvwyz"), "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
Spoil = Callable[[str], str]


def _spread(text: str) -> str:
    return "  ".join(" ".join(word) for word in text.split())


def _entities(text: str) -> str:
    return "".join(f"&#{ord(letter)};" if number % 2 else letter for number, letter in enumerate(text))


SPOILS: dict[str, Spoil] = {
    "plain": str,
    "capitals": str.upper,
    "leet": lambda text: text.lower().translate(LEET),
    "half_leet": lambda text: text.lower().replace("o", "0").replace("i", "1"),
    "zero_width": "\u200b".join,
    "soft_hyphens": "\u00ad".join,
    "cyrillic": lambda text: text.lower().translate(CYRILLIC),
    "bold": lambda text: text.lower().translate(BOLD),
    "full_width": lambda text: text.lower().translate(FULL),
    "small_capitals": lambda text: text.lower().translate(CAPS),
    "spread": _spread,
    "dots": lambda text: " ".join(".".join(word) for word in text.split()),
    "hyphens": lambda text: text.replace(" ", "-"),
    "repeated": lambda text: "".join(letter * 3 if letter in "aou" else letter for letter in text),
    "accents": lambda text: "".join(letter + "\u0301" if letter in "aeiou" else letter for letter in text),
    "entities": _entities,
}
COVER = (
    "Pemerintah kota memperbaiki drainase di Jalan MT Haryono mulai Senin. Warga diminta memakai jalur lain.",
    "Layanan administrasi kependudukan dibuka kembali. Warga membawa kartu keluarga asli dan formulir yang telah diisi.",
    "Rapat koordinasi membahas persiapan hari jadi kota dan agenda pekan depan.",
)


def injected(name: str) -> Iterator[tuple[str, str]]:
    """Injected texts of a file with the way they were spoiled: eight of each line, half of them inside an honest article."""
    ways = list(SPOILS.items())
    for number, line in enumerate(_lines(f"injected_{name}.txt")):
        for step in range(8):
            way, spoil = ways[(number + step * 2 + (number // 2) % 2) % len(ways)]
            text = spoil(line)
            cover = COVER[(number + step) % len(COVER)]
            yield way, f"{cover}\n\n{text}\n\n{cover}" if step % 2 else text


def clean(name: str) -> Iterator[str]:
    """Honest texts of a file: each template with ten fillings, alone and with another one as a longer article."""
    words = tomllib.loads((DATA / "words.toml").read_text(encoding="utf-8"))
    lines = _lines(f"clean_{name}.txt")
    for number, line in enumerate(lines):
        for step in range(10):
            filling = {key: values[(number + step * 3 + len(key)) % len(values)] for key, values in words.items()}
            more = lines[(number + step * 7 + 1) % len(lines)] if step % 2 else ""
            yield f"{line} {more}".strip().format(**filling)


def demonstration() -> Iterator[str]:
    """The texts of the demonstration city, which nobody wrote for this test."""
    for name in ("posts", "documents"):
        path = DATA.parents[2] / "cms" / "cli" / "demo_city" / f"{name}.json"
        for entry in json.loads(path.read_text(encoding="utf-8")):
            yield "\n".join(str(entry.get(field) or "") for field in ("title", "summary", "body"))


def _lines(name: str) -> list[str]:
    text = (DATA / name).read_text(encoding="utf-8")
    return list(itertools.filterfalse(lambda line: not line or line.startswith("#"), text.splitlines()))
