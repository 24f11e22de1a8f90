"""Where links lead, whatever they are hidden in."""

from __future__ import annotations

import pytest

from cms.moderation.links import anchors, hosts_in_links, hosts_in_text, mail_hosts, registrable, verdict_of
from cms.moderation.models import LinkVerdict


@pytest.mark.parametrize(
    ("link", "hosts"),
    [
        ("https://Slot88.com/daftar", {"slot88.com"}),
        ("//slot88.com", {"slot88.com"}),
        ("/berita/jalan", set()),
        ("mailto:info@dpu.go.id", set()),
        ("https://dpu.go.id/out?to=https%3A%2F%2Fslot88.com%2Fx", {"dpu.go.id", "slot88.com"}),
        ("https://dpu.go.id/out?to=https%253A%252F%252Fslot88.com", {"dpu.go.id", "slot88.com"}),
        ("https://dpu.go.id@slot88.com/", {"slot88.com"}),
        ("https://ѕlоt.com", {"xn--lt-fmc4g.com"}),
        ("https://slot88.com:8443/", {"slot88.com"}),
    ],
)
def test_hosts_of_a_link(link: str, hosts: set[str]) -> None:
    assert hosts_in_links(link) == hosts


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("Kunjungi slot88.com sekarang", {"slot88.com"}),
        ("Kunjungi www.slot88.com/login.", {"www.slot88.com"}),
        ("Lihat https://dpu.balikpapan.go.id.", {"dpu.balikpapan.go.id"}),
        ("Tulis ke info@dpu.balikpapan.go.id", set()),
        ("Drs. H. Budi, S.Sos., M.Si dan Ir. Ani S.T.M.Si", set()),
        ("Pukul 08.00 s.d. 15.00 Wita, Rp 1.500.000", set()),
        ("Pekerjaan selesai.Warga senang", set()),
        ("Unduh renja.pdf dan data.zip", set()),
        ("ѕlot88.com", {"slot88.com"}),
        ("s\u200blot88\u200b.com", {"slot88.com"}),
        ("dan/atau // komentar", set()),
    ],
)
def test_hosts_in_plain_text(text: str, hosts: set[str]) -> None:
    assert hosts_in_text(text) == hosts


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("mailto:a@slot88.com", {"slot88.com"}),
        ("MAILTO:a@Slot88.COM?subject=Daftar", {"slot88.com"}),
        ("mailto:a@dpu.go.id,b@slot88.com", {"dpu.go.id", "slot88.com"}),
        ("mailto:a@dpu.go.id,b%40slot88.com", {"dpu.go.id", "slot88.com"}),
        ("mailto:a@dpu.go.id?cc=b%40slot88.com", {"dpu.go.id", "slot88.com"}),
        ("mailto:a@dpu.go.id?bcc=b%2540slot88%252Ecom&subject=x", {"dpu.go.id", "slot88.com"}),
        ("mailto:a@dpu.go.id?to=Admin%20%3Cb%40slot88.com%3E", {"dpu.go.id", "slot88.com"}),
        ("mailto:a@slot88\u3002com", {"slot88.com"}),
        ("mailto:a@ѕlot88.com", {"slot88.com", "xn--lot88-g2e.com"}),
        ("mailto:a@[103.152.118.20]", {"103.152.118.20"}),
        ("Tulis ke info@slot88.com.", {"slot88.com"}),
        ("Ikuti @dpu dan tel:+62542123456", set()),
    ],
)
def test_domains_that_mail_goes_to(text: str, hosts: set[str]) -> None:
    assert mail_hosts(text) == hosts


def test_of_two_entries_the_longer_one_counts() -> None:
    known = {"balikpapan.go.id": LinkVerdict.ALLOWED, "lama.balikpapan.go.id": LinkVerdict.BLOCKED}
    assert verdict_of("dpu.balikpapan.go.id", known) is LinkVerdict.ALLOWED
    assert verdict_of("x.lama.balikpapan.go.id", known) is LinkVerdict.BLOCKED
    assert verdict_of("samarinda.go.id", known) is LinkVerdict.ALLOWED
    assert verdict_of("go.id.slot88.com", known) is None
    assert registrable("a.b.lama.balikpapan.go.id") == "balikpapan.go.id"


@pytest.mark.parametrize(
    ("html", "visible"),
    [
        ('<a href="https://a.example" rel="x">Baca</a>', True),
        ('<a href="https://a.example"></a>', False),
        ('<a href="https://a.example"> &nbsp;. </a>', False),
        ('<a href="https://a.example"><strong>\u200b</strong></a>', False),
        ('<a href="https://a.example"><img src="/x.png" alt="Peta"></a>', True),
        ('<a href="https://a.example"><img src="/x.png" alt=""></a>', True),
    ],
)
def test_a_link_that_nobody_sees(html: str, visible: bool) -> None:
    assert [anchor.is_visible for anchor in anchors(html)] == [visible]


def test_long_texts_take_time_in_proportion() -> None:
    for text in ("a." * 100_000, "//" * 100_000, "a-" * 100_000, '<a href="' * 20_000, "http://a" * 25_000):
        hosts_in_text(text)
        anchors(text)
