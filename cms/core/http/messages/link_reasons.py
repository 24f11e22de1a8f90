"""The Indonesian words for `{reason}` in `unsafe_link`, by the English words."""

from __future__ import annotations

from typing import Final

from cms.core import links

LINK_REASONS: Final = {
    links.TOO_LONG: "lebih panjang dari 2.000 karakter",
    links.HIDDEN: "memuat karakter yang tidak terlihat",
    links.NO_SCHEME: "diawali //: tulis https: di depannya",
    links.CREDENTIALS: "memuat nama pengguna atau kata sandi",
    links.NO_HOST: "tidak menyebut nama host",
    links.NO_MAIL: "bukan alamat surel",
    links.NO_TELEPHONE: "bukan nomor telepon",
    links.OTHER_SCHEME: "tidak diawali https, http, mailto, atau tel",
    links.BACKSLASH: "memuat garis miring terbalik",
    links.RELATIVE: "relatif terhadap halaman yang tidak diketahui: awali dengan https:// atau /",
    links.NO_WEB_ADDRESS: "bukan alamat http atau https dengan nama host, tanpa nama pengguna dan kata sandi",
}
