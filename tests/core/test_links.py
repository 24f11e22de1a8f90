"""Addresses as people write them: encoded as browsers do, or named with what is wrong (R-C2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.core import links
from cms.core.http.messages.link_reasons import LINK_REASONS
from cms.core.links import encoded_link, is_safe_link, link_fault

REST = st.text(st.sampled_from("abz09/?#=&%+ \u00a0é\"<>`{}|^~'()[]:@;,.-_"), max_size=30)


@pytest.mark.parametrize(
    ("written", "encoded"),
    [
        ("https://dpu.example/unduh/Surat Edaran 12.pdf", "https://dpu.example/unduh/Surat%20Edaran%2012.pdf"),
        (" https://dpu.example/cari?q=izin usaha ", "https://dpu.example/cari?q=izin%20usaha"),
        ("https://dpu.example/a\n  b", "https://dpu.example/a%20%20b"),
        ("https://dpu.example/a\u00a0b", "https://dpu.example/a%C2%A0b"),
        ("https://dpu.example/jalan-é/%20?a=[1]", "https://dpu.example/jalan-é/%20?a=[1]"),
        ("mailto:info@dpu.example?subject=Permohonan Informasi", "mailto:info@dpu.example?subject=Permohonan%20Informasi"),
        ("mailto:?subject=Baca ini", "mailto:?subject=Baca%20ini"),
        ("mailto:a@dpu.example,b@dpu.example?cc=c@dpu.example", "mailto:a@dpu.example,b@dpu.example?cc=c@dpu.example"),
        ("tel:+62 542 123456", "tel:+62%20542%20123456"),
        ("tel:(0542) 123-456", "tel:(0542)%20123-456"),
        ("/layanan/akta kelahiran", "/layanan/akta%20kelahiran"),
        ("#bagian dua", "#bagian%20dua"),
    ],
)  # fmt: skip
def test_a_link_is_encoded_as_browsers_do(written: str, encoded: str) -> None:
    assert encoded_link(written) == encoded
    assert is_safe_link(encoded)


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("javascript:alert(1)", links.OTHER_SCHEME),
        ("ftp://dpu.example/", links.OTHER_SCHEME),
        ("//dpu.example/x", links.NO_SCHEME),
        ("https://siti:rahasia@dpu.example/", links.CREDENTIALS),
        ("https://", links.NO_HOST),
        ("https://dpu example/", links.NO_HOST),
        ("mailto:dpu", links.NO_MAIL),
        ("tel:kantor", links.NO_TELEPHONE),
        ("halaman/dua", links.RELATIVE),
        ("../dua", links.RELATIVE),
        ("?hal=2", links.RELATIVE),
        ("www.dpu.example/dua", links.RELATIVE),
        ("\\\\server\\berkas", links.BACKSLASH),
        ("https://dpu.example\\@x", links.BACKSLASH),
        ("https://dpu.example/a\u202eb", links.HIDDEN),
        ("https://dpu.example/a\u200bb", links.HIDDEN),
        ("/" + "x" * links.LONGEST_LINK, links.TOO_LONG),
    ],
)
def test_what_is_wrong_with_a_link_is_told(link: str, reason: str) -> None:
    assert link_fault(encoded_link(link)) == reason


def test_every_reason_is_told_in_both_languages() -> None:
    assert set(links.REASONS) == LINK_REASONS.keys()


@given(st.sampled_from(["https://dpu.example/", "https://dpu.example?", "/", "#", "mailto:a@x.id?", "tel:1", ""]), REST)
def test_encoding_twice_is_encoding_once_and_changes_no_host(begin: str, rest: str) -> None:
    once = encoded_link(begin + rest)

    assert encoded_link(once) == once
    assert once.startswith(begin.strip())
    # Whatever stands behind the host of a web address, encoding makes it one that readers may get.
    assert is_safe_link(once) or not begin.startswith("https")
