"""Parts of sentences about editing that the rules of items say in English, in Indonesian."""

from __future__ import annotations

from typing import Final

PHRASES: Final = {
    "a central editor": "redaksi kota",
    "an editor": "seorang editor",
    "a central editor who wrote none of it": "redaksi kota yang tidak ikut menulisnya",
    "an editor who wrote none of it": "seorang editor yang tidak ikut menulisnya",
    "a central editor or administrator whose changes did not lead to it": "redaksi kota atau admin yang perubahannya tidak ikut menyebabkannya",
    "published, or ended with words for readers": "terbit, atau diakhiri dengan keterangan untuk pembaca",
    "trashed and never published": "trashed dan belum pernah terbit",
    "draft, in_review, approved, returned and published before": "draft, in_review, approved, returned dan pernah terbit",
    "not in the trash": "tidak di tempat sampah",
}
