"""Mail to blocked domains is refused as other links to them; mail to anybody else holds nothing."""

from __future__ import annotations

import pytest

from tests.people import Caller


@pytest.mark.parametrize(
    "address",
    [
        "mailto:a@slot88.com",
        "mailto:a@wa.slot88.com?subject=Daftar",
        "mailto:info@dpu.go.id,a%40slot88.com",
        "mailto:info@dpu.go.id?cc=a%40slot88.com",
        "mailto:info@dpu.go.id?bcc=a%2540slot88%252Ecom",
    ],
)
def test_mail_to_a_blocked_domain_is_refused(editor: Caller, central: Caller, address: str) -> None:
    central("PUT", "/manage/v1/link-domains/slot88.com", json={"verdict": "blocked"})
    for body in (f"Tulis ke [kami]({address}).", f'<a href="{address}">kami</a>'):
        kind = "html" if body.startswith("<") else "markdown"
        content = {"agency": "dpu", "kind": "berita", "title": "Kontak", "body": body, "body_format": kind}
        refused = editor("POST", "/manage/v1/posts", json=content)
        assert refused.status_code == 422, refused.json
        assert [(each["code"], each["pointer"]) for each in refused.json["errors"]] == [("blocked_link", "/body")]


@pytest.mark.parametrize("domain", ["gmail.com", "yahoo.co.id", "mitra.com", "balikpapan.go.id"])
def test_mail_to_any_other_domain_is_no_advertisement(editor: Caller, domain: str) -> None:
    content = {
        "agency": "dpu",
        "kind": "berita",
        "title": "Kontak",
        "body": f"[Tulis](mailto:dpu@{domain}) dpu@{domain}.",
    }
    made = editor("POST", "/manage/v1/posts", json=content)
    assert made.status_code == 201, made.json
    address = f"/manage/v1/posts/{made.json['data']['id']}"
    assert made.json["data"]["hold"] == []
    published = editor("POST", f"{address}/publish", match=made.headers["ETag"], json={})
    # A private address is somebody's personal data: that is another hold, which he who publishes answers for.
    is_private = domain in {"gmail.com", "yahoo.co.id"}
    assert (published.status_code, (published.json or {}).get("code")) == (
        (409, "personal_data") if is_private else (200, None)
    )
