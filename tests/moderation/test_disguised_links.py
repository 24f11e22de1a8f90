"""Links that are written so that a look at them misses where they lead: encoded, sent on, in numbers, with other full stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cms.moderation.decoding import decoded, unpunycoded
from cms.moderation.links import hosts_in_links, hosts_in_text, is_registrable, mail_hosts, verdict_of
from cms.moderation.models import LinkVerdict
from tests.core.processor_time import keep
from tests.moderation.test_breakers import act, made
from tests.people import Caller

DEEP = 40


DISGUISED = (
    "https://slot88.com:8443/daftar",
    "https://dpu.go.id:80@slot88.com:8443/",
    "https://dpu.go.id/out?url=slot88.com",
    "https://dpu.go.id/out?url=slot88.com:8080/x&a=1",
    "https://dpu.go.id/out?url=www.slot88.com%2Flogin",
    "https://dpu.go.id/out#slot88.com",
    "https://dpu.go.id/keluar/slot88.com",
    "/keluar?ke=slot88.com",
    "https://dpu.go.id/out?url=https:slot88.com",
    "https://dpu.go.id/out?url=https:/slot88.com",
    "https://dpu.go.id/out?url=https:\\/\\/slot88.com",
    "https://dpu.go.id/out?url=https%25253A%25252F%25252Fslot88.com",
    "https://dpu.go.id/out?url=slot88%" + "25" * DEEP + "2Ecom",
    "https://dpu.go.id/out?url=slot88&amp;#46;com",
    "https://dpu.go.id/out?url=slot88%26%2346%3Bcom",
    "https://dpu.go.id/out?url=//slot88\u3002com",
    "https://slot88\u3002com/",
    "https://slot88\uff0ecom/",
    "https://slot88\uff61com/",
)


@pytest.mark.parametrize("link", DISGUISED)
def test_where_a_link_leads_is_seen(link: str) -> None:
    assert {"slot88.com", "www.slot88.com"} & hosts_in_links(link)


def test_links_that_are_looked_at_together_hide_nothing_of_each_other() -> None:
    several = [
        *(link.replace("slot88", f"slot{number}") for number, link in enumerate(DISGUISED)),
        "https://[x",
        "tel:1",
    ]

    assert hosts_in_links(*several) == set().union(*map(hosts_in_links, several))


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Kunjungi slot88.com:8443 sekarang", "slot88.com"),
        ("Kunjungi slot88&#46;com", "slot88.com"),
        ("Kunjungi slot88&amp;amp;#46;com", "slot88.com"),
        ("Kunjungi slot88%2Ecom", "slot88.com"),
        ("Kunjungi slot88%25252Ecom", "slot88.com"),
        ("Kunjungi slot88\u3002com", "slot88.com"),
        ("Kunjungi slot88\uff0ecom", "slot88.com"),
        ("Kunjungi slot88\uff61com", "slot88.com"),
        ("Kunjungi xn--lt-fmc4g.com", "xn--lt-fmc4g.com"),
        ("Kunjungi http://103.152.118.20/login", "103.152.118.20"),
        ("Kunjungi 103.152.118.20", "103.152.118.20"),
        ("Kunjungi 103\u3002152\u3002118\u300220", "103.152.118.20"),
        ("Kunjungi 45.7.3.12:8080", "45.7.3.12"),
        ("Kunjungi http://1746543210/", "1746543210"),
        ("Kunjungi http://[2001:db8::1]/", "2001:db8::1"),
    ],
)
def test_an_address_in_plain_text_is_seen(text: str, host: str) -> None:
    assert host in hosts_in_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Nomor: 100.3.3.3/123/KEP/2026 dan 600.1.15.2/45/DPU",
        "Anggaran Rp 1.250.118.220 dan Rp 103.152.118.200",
        "Kode rekening 5.1.02.01.01.0024, wilayah 64.71.06.1005",
        "Bab 1.2.3.4 Pasal 10.1.2.3",
        "Naik 5%, diskon 20%.Warga senang & puas",
        "Pukul 08.00 s.d. 15.00 Wita",
    ],
)
def test_numbers_and_signs_of_ordinary_texts_are_no_addresses(text: str) -> None:
    assert hosts_in_text(text) == set()


def test_an_entry_for_the_end_of_a_number_is_none_for_the_address() -> None:
    assert verdict_of("103.152.118.20", {"118.20": LinkVerdict.ALLOWED, "20": LinkVerdict.ALLOWED}) is None


def test_decoding_ends() -> None:
    assert decoded("%" + "25" * 100_000 + "2E") == "."
    assert decoded("&" + "amp;" * 100_000 + "#46;") == "."
    assert unpunycoded("xn--lt-fmc4g.com, xn--a-" + "z" * 70) != ""


@pytest.mark.parametrize(
    "domain", ["com", "id", "go.id", "co.id", "github.io", "blogspot.com", "118.20", "1.2.3.4", "intranet"]
)
def test_what_everybody_can_be_below_cannot_be_allowed(central: Caller, domain: str) -> None:
    path = f"/manage/v1/link-domains/{domain}"
    refused = central("PUT", path, json={"verdict": "allowed"})
    assert refused.status_code == 400
    assert refused.json["errors"][0]["code"] == "public_suffix"
    assert central("PUT", path, json={"verdict": "blocked"}).status_code == 200
    assert not is_registrable(domain)


def test_who_allowed_a_domain_is_no_second_person(editor: Caller, colleague: Caller, central: Caller) -> None:
    item = made(editor, body="Lihat [ini](https://mitra.com/x).")
    assert act(editor, item, "submit").status_code == 200
    assert central("PUT", "/manage/v1/link-domains/mitra.com", json={"verdict": "allowed"}).status_code == 200

    refused = act(central, item, "approve")

    assert (refused.status_code, refused.json["code"]) == (409, "approval_not_yours")
    assert colleague.get(f"/manage/v1/posts/{item}").json["data"]["state"] == "in_review"


def test_who_allowed_a_domain_alone_has_his_own_links_held(editor: Caller, central: Caller) -> None:
    """Else one stolen account of a central editor would need nobody: allow, write, publish."""
    central("PUT", "/manage/v1/link-domains/mitra.com", json={"verdict": "allowed"})
    body = "Lihat [ini](https://mitra.com/x)."
    own, other = made(central, body=body), made(editor, body=body)

    assert act(central, own, "publish").json["code"] == "held"
    assert act(editor, other, "publish").status_code == 200

    path = f"/manage/v1/posts/{own}"
    assert central("PATCH", path, match=central.get(path).headers["ETag"], json={"title": "Lagi"}).status_code == 200
    assert act(central, own, "publish").json["code"] == "held", "saving it again changes nothing"
    act(central, own, "submit")
    assert act(editor, own, "approve").status_code == 200
    assert act(central, own, "publish").status_code == 200


def refused(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.json
    return [error["code"] for error in answer.json["errors"]]


def test_words_beside_the_content_are_looked_at_for_whoever_says_them(editor: Caller, central: Caller) -> None:
    central("PUT", "/manage/v1/link-domains/mitra.com", json={"verdict": "allowed"})
    live = made(editor)
    act(editor, live, "publish")
    said = {"kind": "gone", "explanation": "Lihat mitra.com"}
    assert refused(act(central, live, "unpublish", said)) == ["suspicious_note"]
    assert refused(act(editor, live, "unpublish", {"kind": "redirect", "to": "/keluar?ke=slot88.com"})) == [
        "suspicious_note"
    ]
    assert act(editor, live, "unpublish", said).status_code == 200


HOSTILE: dict[str, Callable[[int], str]] = {
    "percent": lambda size: "%25" * (size // 3),
    "entities": lambda size: "&amp;" * (size // 5),
    "mixed": lambda size: "%26amp;" * (size // 7),
    "quads": lambda size: "1.2.3.4." * (size // 8),
    "dots": lambda size: "103.152." * (size // 8),
    "punycode": lambda size: "xn--a-" * (size // 6),
    "schemes": lambda size: "http://" * (size // 7),
    "mail": lambda size: "@" * (size // 2) + "@a" * (size // 4),
    "long mail": lambda size: "@" + "a" * size,
    "brackets": lambda size: "//[" * (size // 3),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_looks_like_links_takes_time_in_proportion(name: str) -> None:
    """Ten times the text may take thirty times the time: generous, so that only another order fails."""
    small, large = HOSTILE[name](10_000), HOSTILE[name](100_000)

    def look(text: str) -> None:
        hosts_in_text(text)
        hosts_in_links(text)
        mail_hosts(text)
        unpunycoded(text)

    assert keep(lambda most, least: most <= 30 * max(least, 0.001), lambda: look(large), lambda: look(small))
