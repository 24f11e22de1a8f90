"""What `/go` tells visitors, in English and Indonesian."""

from __future__ import annotations

from typing import Final, NamedTuple


class Words(NamedTuple):
    """A heading and a sentence."""

    title: str
    detail: str


WORDS: Final[dict[str, dict[str, Words]]] = {
    "unknown": {
        "id": Words("Halaman tidak ditemukan", "Tidak ada informasi di alamat ini. Periksa kembali alamatnya."),
        "en": Words("Page not found", "There is no information at this address. Please check the address."),
    },
    "gone": {
        "id": Words("Informasi ini sudah tidak terbit", "Informasi ini pernah terbit di sini dan telah dicabut."),
        "en": Words("No longer published", "This information was published here and has been taken back."),
    },
    "withdrawn": {
        "id": Words("Informasi ini ditarik", "Informasi ini masih dapat dibaca, tetapi tidak berlaku lagi."),
        "en": Words("Withdrawn", "This information can still be read, but it does not hold any more."),
    },
    "no_page": {
        "id": Words(
            "Belum ada halaman", "Informasi ini telah terbit, tetapi belum memiliki halaman di situs perangkat daerah."
        ),
        "en": Words(
            "No page yet", "This information is published, but the agency has no page for it on a website yet."
        ),
    },
}
