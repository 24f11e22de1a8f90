"""Templates of addresses: `canonical_url` is made from them, they lead nowhere else than home, and a change rebuilds the items."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cms.agencies.address_templates import PLACES, SERIAL, filled, is_of_server, is_template, leads_home, with_serial
from cms.agencies.models import Agency
from cms.changes.followers import follow_log
from cms.changes.log import read_after
from cms.core.db import unit_of_work
from cms.core.permissions import Role
from cms.editorial import followers
from tests.factories import add_agencies, add_city, add_post, add_published_document, add_published_post
from tests.people import Caller, People

SITE = "https://dpu.balikpapan.example"
OTHER = "https://dlh.balikpapan.example"
PATH = "/manage/v1/agencies/dpu"
PUBLIC = "https://simpul.example/cms"
texts = st.text(max_size=60)


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key; Dinas DPU has a site."""
    add_city(app)
    with app.app_context(), unit_of_work() as unit:
        unit.session.get_one(Agency, "dpu").site_url = f"{SITE}/"
    return people.website()


@pytest.fixture
def admin(site: Caller, people: People) -> Caller:
    return people.person(Role.ADMIN)


def patch(admin: Caller, templates: Any, status: int = 200, **others: Any) -> Any:
    body = {"address_templates": templates, **others}
    answer = admin("PATCH", PATH, match=admin.get(PATH).headers["ETag"], json=body)
    assert answer.status_code == status, answer.text
    return answer.json["data"] if status == 200 else answer.json["errors"]


def follow(app: Flask) -> None:
    with app.app_context():
        while follow_log("presenter", followers.rebuild_changed):
            pass


def card(site: Caller, path: str) -> dict[str, Any]:
    found: dict[str, Any] = site.get(path).json["data"]
    return found


def test_a_changed_template_rebuilds_what_is_published_with_a_line_for_each(
    app: Flask, site: Caller, admin: Caller
) -> None:
    post = add_published_post(app, title="Jalan ditutup")
    document = add_published_document(app, title="Rencana", number="188.45/12 {serial}", year=2025)
    unnumbered = add_published_document(app, title="Laporan", number=None, year=2024)
    before = card(site, f"/v1/posts/{post.id}")
    assert before["canonical_url"] == f"{SITE}/jalan-ditutup"

    told = {
        "post": f"{SITE}/berita/{{serial}}/{{slug}}?d={{year}}",
        "document": f"{SITE}/dok/{{year}}/{{number}}/{{id}}",
    }
    assert patch(admin, told)["address_templates"] == told
    follow(app)

    after = card(site, f"/v1/posts/{post.id}")
    assert after["serial"] == before["serial"] >= 1
    assert after["canonical_url"] == f"{SITE}/berita/{after['serial']}/jalan-ditutup?d=2026"
    assert after["social_text"].endswith(after["canonical_url"])
    assert after["changed_at"] > before["changed_at"]
    assert card(site, "/v1/posts?fields=canonical_url")[0] == {"canonical_url": after["canonical_url"]}  # type: ignore[index]
    numbered = card(site, f"/v1/documents/{document.id}")["canonical_url"]
    assert numbered == f"{SITE}/dok/2025/188.45%2F12%20%7Bserial%7D/{document.id}"
    assert card(site, f"/v1/documents/{unnumbered.id}")["canonical_url"] == f"{SITE}/laporan"
    with app.app_context():
        lines = [(line.action, line.resource_id) for line in read_after(0) if line.action.endswith(".rebuilt")]
    assert sorted(lines) == sorted(
        [("post.rebuilt", post.id), ("document.rebuilt", document.id), ("document.rebuilt", unnumbered.id)]
    )

    assert patch(admin, {"post": None})["address_templates"] == {"document": told["document"]}
    follow(app)
    assert card(site, f"/v1/posts/{post.id}")["canonical_url"] == f"{SITE}/jalan-ditutup"


def test_after_a_merger_an_item_keeps_its_address_until_its_agency_is_told_another_site(
    app: Flask, site: Caller, admin: Caller
) -> None:
    add_agencies(app, "dpupr")
    post = add_published_post(app, title="Jalan ditutup")
    patch(admin, {"post": f"{SITE}/berita/{{slug}}"})
    follow(app)

    patch(admin, {"post": f"{SITE}/berita/{{slug}}"}, successor="dpupr", valid_to="2026-01-01")
    follow(app)
    assert card(site, f"/v1/posts/{post.id}")["canonical_url"] == f"{SITE}/berita/jalan-ditutup"
    assert site.get("/v1/posts?agency=dpupr").json["data"][0]["canonical_url"] == f"{SITE}/berita/jalan-ditutup"  # type: ignore[index]
    moved = site.get("/v1/resolve?type=post&agency=dpupr&slug=jalan-ditutup").json["data"]  # type: ignore[index]
    assert moved["to"] in {None, f"{SITE}/berita/jalan-ditutup"}

    patch(admin, {"post": f"{OTHER}/kabar/{{slug}}"}, site_url=OTHER)
    follow(app)
    assert card(site, f"/v1/posts/{post.id}")["canonical_url"] == f"{OTHER}/kabar/jalan-ditutup"


def test_items_of_all_types_have_serials_of_one_row_of_numbers(app: Flask, site: Caller) -> None:
    made = [add_published_post(app), add_published_document(app), add_published_post(app)]
    cards = site.get(f"/v1/items?ids={','.join(item.id for item in made)}").json["data"]
    serials = [each["serial"] for each in cards]
    assert serials == sorted(set(serials))


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("https://evil.example/{slug}", "foreign_template"),
        ("https://dpu.balikpapan.example.evil.example/{slug}", "foreign_template"),
        ("https://dpu.balikpapan.example:444/{slug}", "foreign_template"),
        ("http://dpu.balikpapan.example/{slug}", "foreign_template"),
        ("https://dpu.balikpapan.example@evil.example/{slug}", "bad_format"),
        (r"https://dpu.balikpapan.example\@evil.example/{slug}", "bad_format"),
        ("https://{slug}.balikpapan.example/{id}", "bad_format"),
        ("https://dpu.balikpapan.example/berita", "bad_format"),
        ("https://dpu.balikpapan.example/{year}/{number}", "bad_format"),
        ("https://dpu.balikpapan.example/{title}/{id}", "bad_format"),
        ("https://dpu.balikpapan.example/../{id}", "bad_format"),
        ("https://dpu.balikpapan.example/%2e%2e/{id}", "bad_format"),
        ("//dpu.balikpapan.example/{id}", "bad_format"),
        ("javascript:alert({id})", "bad_format"),
        ("http://localhost/v1/posts/{id}", "machine_template"),
        ("http://localhost/GO/{id}", "machine_template"),
        ("http://localhost/{slug}/{id}", "machine_template"),
        ("https://dpu.balikpapan.example/slot-gacor-maxwin/{slug}", "suspicious_note"),
        (7, "wrong_type"),
    ],
)
def test_a_template_leads_home_or_is_refused(admin: Caller, template: Any, code: str) -> None:
    errors = patch(admin, {"post": template}, 422)
    assert [(each["pointer"], each["code"]) for each in errors] == [("/address_templates/post", code)]


def test_templates_are_of_types_that_exist_and_move_with_the_site(app: Flask, admin: Caller) -> None:
    assert patch(admin, {"berita": f"{SITE}/{{id}}"}, 422)[0]["code"] == "not_allowed"
    assert patch(admin, [], 422)[0]["code"] == "wrong_type"
    patch(admin, {"post": f"{SITE}/b/{{id}}"})
    add_agencies(app, "dlh", site_url=OTHER)
    moved = admin("PATCH", PATH, match=admin.get(PATH).headers["ETag"], json={"site_url": f"{OTHER}/dpu"})
    assert [(each["pointer"], each["code"]) for each in moved.json["errors"]] == [  # type: ignore[index]
        ("/address_templates/post", "foreign_template")
    ]
    both = {"post": f"{OTHER}/dpu/{{id}}"}
    assert patch(admin, both, site_url=f"{OTHER}/dpu")["address_templates"] == both


@given(
    template=st.one_of(
        texts,
        st.tuples(*([st.sampled_from([SITE, PUBLIC, "//", "@", "/", *PLACES, "{slug}", "{id}", "..", "a"])] * 5)).map(
            "".join
        ),
    )
)
def test_whatever_passes_for_a_template_leads_home_with_any_values(template: str) -> None:
    if not is_template(template) or not leads_home(template, SITE, PUBLIC) or is_of_server(template, PUBLIC):
        return
    values = {"slug": "..", "id": "@evil.example/", "number": "//evil.example/{serial}", "year": 2026}
    address = with_serial(filled(template, values) or SITE, 7)
    assert SERIAL not in address
    assert urlsplit(address).netloc in {urlsplit(SITE).netloc, urlsplit(PUBLIC).netloc}


@given(number=texts, slug=texts)
def test_values_stay_in_their_places(number: str, slug: str) -> None:
    address = filled(f"{SITE}/{{number}}/x/{{slug}}", {"number": number, "slug": slug})
    if address is None:
        return
    found = re.fullmatch(f"{re.escape(SITE)}/([^/?#]*)/x/([^/?#]*)", address)
    assert found is not None
    assert (unquote(found[1]), unquote(found[2])) == (number, slug)


def test_a_preview_opens_on_the_site_that_has_a_template(
    app: Flask, site: Caller, admin: Caller, people: People
) -> None:
    editor, draft = people.person(Role.CENTRAL_EDITOR), add_post(app, title="Konsep")
    links = f"/manage/v1/posts/{draft.id}/previews"
    plain = editor.post(links, {}).json["data"]
    assert plain["url"] == plain["content_url"]

    patch(admin, {"post": f"{SITE}/berita?baca={{slug}}"})
    made = editor.post(links, {}).json["data"]
    page, _, shown_by = made["url"].partition("&preview=")
    assert (page, shown_by) == (f"{SITE}/berita?baca=konsep", made["content_url"].partition("/preview/")[2])
    shown = site.client.get(f"/preview/{shown_by}").json["data"]
    assert (shown["title"], shown["canonical_url"], shown["serial"]) == ("Konsep", page, None)

    # Nobody knows the number of what was never published.
    patch(admin, {"post": f"{SITE}/b/{{serial}}"})
    made = editor.post(links, {}).json["data"]
    assert made["url"] == made["content_url"]
    shown = site.client.get(urlsplit(made["url"]).path).json["data"]
    assert shown["canonical_url"] == f"http://localhost/go/{draft.id}"
    assert shown["social_text"].endswith(shown["canonical_url"])
    published = add_published_post(app, title="Terbit")
    serial = card(site, f"/v1/posts/{published.id}")["serial"]
    made = editor.post(f"/manage/v1/posts/{published.id}/previews", {}).json["data"]
    assert made["url"].startswith(f"{SITE}/b/{serial}?preview=posts/")
