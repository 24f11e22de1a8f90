"""The Indonesian words for `{credential}` and `{fault}` of refused keys and tokens, by the English words."""

from __future__ import annotations

from typing import Final

CREDENTIALS: Final = {
    "a delivery key": "kunci pengiriman",
    "a person's token: sign in first": "token pengguna: masuklah dahulu",
    "a token of its own": "token tersendiri",
    "the header must be Authorization: Bearer and the key or token": "tajuk harus berupa Authorization: Bearer lalu kunci atau token",
    "this is a delivery key: it opens /v1 only; sign in to get a person's token": (
        "ini kunci pengiriman: hanya untuk /v1; masuklah untuk mendapat token pengguna"
    ),
    "it is malformed, expired or revoked; sign in again": "rusak, kedaluwarsa, atau dicabut; masuklah kembali",
    "it is not the token of this address": "bukan token untuk alamat ini",
    "the delivery key is mistyped, revoked or expired; ask the administrator of the city for a new one": (
        "kunci pengiriman salah ketik, dicabut, atau kedaluwarsa; mintalah yang baru kepada administrator kota"
    ),
    "this is a person's token: it opens /manage only; send a delivery key (smp_...)": (
        "ini token pengguna: hanya untuk /manage; kirim kunci pengiriman (smp_...)"
    ),
    "it is no delivery key: those begin with smp_": "bukan kunci pengiriman, yang selalu diawali smp_",
}
