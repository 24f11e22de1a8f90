"""Who gets what from which route (R-Z1): every route has a row, every row an answer for every caller.

Callers without a valid token get 401 everywhere but on public routes, which look at no token. Whoever is refused has changed
nothing: all tables and the storage are compared.
"""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.core.http.access import access_of
from tests.access import moderated
from tests.access import requests as ask
from tests.access.content_rows import content_rows, release_rows, repost_rows, review_rows, time_rows
from tests.access.requests import MANAGE, content, get, send
from tests.access.rows import Row, delivery_row, feed_row, person_row, public_row
from tests.access.world import PEOPLE, TYPES, WEBSITES, Sent, World

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def history_rows(kind: str) -> list[Row]:
    one, preview = f"/{kind}s/<item_id>", f"/{kind}s/<item_id>/previews/<preview_id>"
    readers, writers = "403 200 200 404 200 200 403", "403 {0} {0} 404 {0} 403 403"
    return [
        *(person_row("GET", one + path, ask.item(kind, path), readers) for path in ("/editions", "/diff", "/lease")),
        person_row("GET", f"{one}/editions/<int:edition>", ask.item(kind, "/editions/1"), readers),
        person_row("POST", f"{one}/lease", ask.item(kind, "/lease", body={}), writers.format(200)),
        person_row("DELETE", f"{one}/lease", ask.item(kind, "/lease"), writers.format(204)),
        person_row("GET", f"{one}/previews", ask.item(kind, "/previews"), readers),
        person_row("POST", f"{one}/previews", ask.item(kind, "/previews", body={}), writers.format(201)),
        person_row("GET", preview, ask.preview(kind), readers),
        person_row("DELETE", preview, ask.preview(kind), writers.format(204)),
        public_row("GET", f"/preview/{kind}s/<token>", ask.preview_link(kind)),
    ]


def moderation_rows() -> list[Row]:
    readers, writers = "403 403 403 403 200 200 200 403 403 403", "403 403 403 403 {0} 403 {0} 403 403 403"
    return [
        person_row("GET", "/link-domains", get(f"{MANAGE}/link-domains"), readers),
        person_row("PUT", "/link-domains/<domain>", moderated.new_link_domain, writers.format(200)),
        person_row("DELETE", "/link-domains/<domain>", moderated.link_domain, writers.format(204)),
        person_row("GET", "/freeze", get(f"{MANAGE}/freeze"), readers),
        person_row("POST", "/freeze", moderated.new_freeze, writers.format(201)),
        person_row("DELETE", "/freeze/<scope>", moderated.freeze, writers.format(204)),
        person_row("GET", "/freeze/<scope>/schedules", moderated.schedules, readers),
        person_row("DELETE", "/freeze/<scope>/schedules", moderated.schedules, writers.format(200)),
        person_row("GET", "/breakers", get(f"{MANAGE}/breakers"), readers),
        person_row("POST", "/breakers/<trip_id>/reset", moderated.trip, writers.format(200)),
        person_row("GET", "/rollback", get(f"{MANAGE}/rollback"), readers),
        person_row("GET", "/rollback/<rollback_id>", moderated.rollback, readers),
        person_row("POST", "/rollback", moderated.new_rollback, "403 403 403 403 200 403 403 403 403 403"),
    ]


def erasure_rows() -> list[Row]:
    one = "/erasures/<erasure_id>"
    orders = "403 403 403 403 {0} 403 403 {1} {0} 403"
    return [
        *(
            person_row("POST", f"/{kind}s/<item_id>/erase", moderated.erase(kind), orders.format(201, 201))
            for kind in TYPES
        ),
        person_row("GET", "/erasures", get(f"{MANAGE}/erasures"), "403 200 200 200 200 200 403"),
        person_row("GET", one, moderated.erasure(), "403 200 200 404 200 200 403"),
        person_row("POST", f"{one}/cancel", moderated.erasure("/cancel", {}), orders.format(200, 200)),
        person_row(
            "POST", f"{one}/confirm", moderated.erasure("/confirm", {}), "403 403 403 403 200 403 403 403 200 200"
        ),
    ]


NEW_USER = {"email": "baru-{}@balikpapan.example", "name": "Baru", "memberships": [{"role": "author", "agency": "dpu"}]}
NEW_AGENCY = {"slug": "badan-{}", "name": "Badan Baru", "short_name": "BB", "kind": "badan"}
NEW_OFFICE = {"agency": "dpu", "name": "Kantor {}", "area": "64.71.06", "contact": {"phone": "112"}}
NEW_CATEGORY = {"slug": "tema-{}", "name_id": "Tema", "name_en": "Theme"}
CONTACT = {"name": "Pengelola", "email": "situs@balikpapan.example"}
ENDPOINTS, NEW_WEBHOOK = "/consumers/<consumer_id>/webhooks", {"url": "https://situs.example/hook"}
RANGE = {"from": 1, "to": 10}
UP_TO = {"until": "019ac1a0-7c00-7000-8000-000000000002"}
NEW_CONSUMER = {"name": "Situs baru", "kind": "website", "agency": "dpu", "contact": CONTACT}
PASSWORDS = {"current_password": "teluk-tenang-17-burung", "new_password": "gunung-biru-23-kucing"}
BATCH = {"atomic": False, "operations": [{"method": "POST", "path": f"{MANAGE}/posts", "body": content("post")}]}
ONLY_ADMIN, ADMIN_AND_AUDITOR = "403 403 403 403 403 403 {}", "403 403 403 403 403 200 200 403 403 403"
CENTRAL_AUDITOR_AND_ADMIN = "403 403 403 403 200 200 200 403 403 403"
CATEGORY_WRITERS = "403 403 403 403 {0} 403 {0} 403 403 403"
EVERYBODY = "200 200 200 200 200 200 200"
EVERY_ROLE = "403 200 200 200 200 200 200"


def media_rows() -> list[Row]:
    rule, one = "/media", "/media/<string:id>"
    # Browsers need no token; a website's key is taken as well, an access token of the other plane is a wrong one.
    everybody = dict.fromkeys(("anonymous", *WEBSITES), 200) | dict.fromkeys(("garbage", "unknown_key", *PEOPLE), 401)
    return [
        #                                                        stranger author editor elsewhere central auditor admin
        person_row("GET", rule, get(MANAGE + rule), "403 200 200 200 200 200 403"),
        person_row("POST", rule, ask.new_image, "403 201 201 403 201 403 403"),
        person_row("GET", one, ask.image(), "403 200 200 200 200 200 403"),
        person_row("PATCH", one, ask.image(body={"alt": "Lain"}), "403 200 200 403 200 403 403"),
        person_row("DELETE", one, ask.image(), "403 204 204 403 204 403 403"),
        person_row("GET", f"{one}/uses", ask.image("/uses"), "403 200 200 200 200 200 403"),
        person_row(
            "GET", f"{one}/renditions/<string:name>", ask.image("/renditions/card"), "403 200 200 200 200 200 403"
        ),
        delivery_row("/v1/media/<string:id>/<string:rendition>", ask.stable_image, "403 404 307"),
        Row("GET", "/v1/media/<string:id>/<string:fingerprint>/<string:rendition>", ask.shown_image, everybody),
    ]


ROWS = [
    *(
        public_row("GET", rule, get(rule))
        for rule in (
            "/healthz",
            "/readyz",
            "/openapi.json",
            "/openapi-delivery.json",
            "/docs",
            "/docs/errors",
            "/docs/status",
        )
    ),
    public_row("GET", "/preview/media/<string:token>/<string:name>", ask.preview_picture),
    public_row("GET", "/", lambda _world, _who: Sent("/", arguments={"headers": {"Accept": "text/html"}})),
    public_row("GET", "/docs/<string:document>", get("/docs/guide")),
    public_row("GET", "/docs/examples/<string:name>", get("/docs/examples/agency_site.php")),
    public_row("GET", "/docs/assets/<string:name>", get("/docs/assets/swagger-ui.css")),
    public_row("GET", "/go/<string:id>", ask.visited),
    public_row("GET", "/go", ask.old_address),
    # Takes a token of its own; an access token is a wrong one here.
    public_row("GET", "/metrics", get("/metrics"), with_token=401),
    public_row("POST", f"{MANAGE}/auth/login", ask.login),
    public_row("POST", f"{MANAGE}/auth/refresh", ask.refresh),
    person_row("POST", "/auth/logout", send(f"{MANAGE}/auth/logout", {}), EVERYBODY.replace("200", "204")),
    person_row("POST", "/auth/password", send(f"{MANAGE}/auth/password", PASSWORDS), EVERYBODY),
    person_row("GET", "/me", get(f"{MANAGE}/me"), EVERYBODY),
    person_row("GET", "/notifications", get(f"{MANAGE}/notifications"), EVERYBODY),
    person_row("POST", "/notifications/read", send(f"{MANAGE}/notifications/read", UP_TO), EVERYBODY),
    person_row("GET", "/me/notifications", get(f"{MANAGE}/me/notifications"), EVERYBODY),
    person_row("PATCH", "/me/notifications", ask.choice, EVERYBODY),
    public_row("GET", "/mail/unsubscribe/<token>", ask.unsubscribing),
    public_row("POST", "/mail/unsubscribe/<token>", ask.unsubscribing),
    person_row("GET", "/me/sessions", get(f"{MANAGE}/me/sessions"), EVERYBODY),
    person_row("POST", "/me/sessions/<string:session_id>/end", ask.own_session, EVERYBODY.replace("200", "204")),
    person_row("GET", "/users", get(f"{MANAGE}/users"), ADMIN_AND_AUDITOR),
    person_row("POST", "/users", send(f"{MANAGE}/users", NEW_USER), ONLY_ADMIN.format(201)),
    person_row("GET", "/users/<string:user_id>", ask.person(), ADMIN_AND_AUDITOR),
    person_row("PATCH", "/users/<string:user_id>", ask.person(body={"name": "Lain"}), ONLY_ADMIN.format(200)),
    person_row("POST", "/users/<string:user_id>/suspend", ask.person("/suspend"), ONLY_ADMIN.format(200)),
    # He is not suspended: an administrator may ask, the state refuses.
    person_row("POST", "/users/<string:user_id>/reactivate", ask.person("/reactivate"), ONLY_ADMIN.format(409)),
    person_row("POST", "/users/<string:user_id>/password", ask.person("/password"), ONLY_ADMIN.format(200)),
    person_row("GET", "/users/<string:user_id>/sessions", ask.person("/sessions"), ADMIN_AND_AUDITOR),
    person_row(
        "POST",
        "/users/<string:user_id>/sessions/<string:session_id>/end",
        ask.session_of_person,
        ONLY_ADMIN.format(204),
    ),
    person_row("GET", "/agencies", get(f"{MANAGE}/agencies"), EVERY_ROLE),
    person_row("POST", "/agencies", send(f"{MANAGE}/agencies", NEW_AGENCY), ONLY_ADMIN.format(201)),
    person_row("GET", "/agencies/<slug>", ask.agency(), EVERY_ROLE),
    person_row("PATCH", "/agencies/<slug>", ask.agency({"name": "Nama lain"}), ONLY_ADMIN.format(200)),
    person_row("GET", "/areas", get(f"{MANAGE}/areas"), EVERY_ROLE),
    person_row("GET", "/offices", get(f"{MANAGE}/offices"), EVERY_ROLE),
    person_row("POST", "/offices", send(f"{MANAGE}/offices", NEW_OFFICE), "403 403 201 403 201 403 201"),
    person_row("GET", "/offices/<office_id>", ask.office(), EVERY_ROLE),
    person_row("PATCH", "/offices/<office_id>", ask.office({"name": "Lain"}), "403 403 200 403 200 403 200"),
    person_row("GET", "/categories", get(f"{MANAGE}/categories"), EVERY_ROLE),
    person_row("POST", "/categories", send(f"{MANAGE}/categories", NEW_CATEGORY), CATEGORY_WRITERS.format(201)),
    person_row("GET", "/categories/<slug>", ask.category(), EVERY_ROLE),
    person_row("GET", "/search/synonyms", get(f"{MANAGE}/search/synonyms"), EVERY_ROLE),
    person_row("GET", "/search/synonyms/<term>", get(f"{MANAGE}/search/synonyms/dishub"), EVERY_ROLE),
    person_row("PUT", "/search/synonyms/<term>", ask.new_synonym, CATEGORY_WRITERS.format(200)),
    person_row("DELETE", "/search/synonyms/<term>", ask.synonym, CATEGORY_WRITERS.format(204)),
    person_row("PATCH", "/categories/<slug>", ask.category({"name_id": "Lain"}), CATEGORY_WRITERS.format(200)),
    person_row("GET", "/information-kinds", get(f"{MANAGE}/information-kinds"), EVERY_ROLE),
    person_row("GET", "/consumers", get(f"{MANAGE}/consumers"), ADMIN_AND_AUDITOR),
    person_row("POST", "/consumers", send(f"{MANAGE}/consumers", NEW_CONSUMER), ONLY_ADMIN.format(201)),
    person_row("GET", "/consumers/<consumer_id>", ask.consumer(), ADMIN_AND_AUDITOR),
    person_row("PATCH", "/consumers/<consumer_id>", ask.consumer(body={"name": "Lain"}), ONLY_ADMIN.format(200)),
    person_row("GET", "/consumers/<consumer_id>/keys", ask.consumer("/keys"), ADMIN_AND_AUDITOR),
    person_row(
        "POST", "/consumers/<consumer_id>/keys", ask.consumer("/keys", {"label": "Uji"}), ONLY_ADMIN.format(201)
    ),
    person_row("GET", "/consumers/<consumer_id>/keys/<key_id>", ask.key(), ADMIN_AND_AUDITOR),
    person_row("POST", "/consumers/<consumer_id>/keys/<key_id>/rotate", ask.key("/rotate", {}), ONLY_ADMIN.format(201)),
    person_row("DELETE", "/consumers/<consumer_id>/keys/<key_id>", ask.key(), ONLY_ADMIN.format(204)),
    person_row("GET", "/consumers/<consumer_id>/usage", ask.consumer("/usage"), CENTRAL_AUDITOR_AND_ADMIN),
    person_row("GET", "/consumers/silent", get(f"{MANAGE}/consumers/silent"), CENTRAL_AUDITOR_AND_ADMIN),
    person_row("GET", ENDPOINTS, ask.consumer("/webhooks"), ADMIN_AND_AUDITOR),
    person_row("POST", ENDPOINTS, ask.consumer("/webhooks", NEW_WEBHOOK), ONLY_ADMIN.format(201)),
    person_row("GET", f"{ENDPOINTS}/<webhook_id>", ask.webhook(), ADMIN_AND_AUDITOR),
    person_row("PATCH", f"{ENDPOINTS}/<webhook_id>", ask.webhook(body={"label": "Lain"}), ONLY_ADMIN.format(200)),
    person_row("DELETE", f"{ENDPOINTS}/<webhook_id>", ask.webhook(), ONLY_ADMIN.format(204)),
    person_row("POST", f"{ENDPOINTS}/<webhook_id>/rotate", ask.webhook("/rotate", {}), ONLY_ADMIN.format(200)),
    person_row("POST", f"{ENDPOINTS}/<webhook_id>/ping", ask.webhook("/ping"), ONLY_ADMIN.format(202)),
    person_row("POST", f"{ENDPOINTS}/<webhook_id>/replay", ask.webhook("/replay", RANGE), ONLY_ADMIN.format(202)),
    person_row("GET", f"{ENDPOINTS}/<webhook_id>/deliveries", ask.webhook("/deliveries"), ADMIN_AND_AUDITOR),
    person_row("GET", "/changes", get(f"{MANAGE}/changes"), ADMIN_AND_AUDITOR),
    person_row("GET", "/checkpoints", get(f"{MANAGE}/checkpoints"), ADMIN_AND_AUDITOR),
    *time_rows("post"),
    *time_rows("document"),
    *release_rows(),
    person_row("GET", "/reviews", get(f"{MANAGE}/reviews"), "403 200 200 200 200 200 403"),
    # Whoever is signed in may send a batch; tests/writing proves that each operation is judged on its own.
    person_row("POST", "/batch", send(f"{MANAGE}/batch", BATCH), EVERYBODY),
    *content_rows("post"),
    *review_rows("post"),
    *review_rows("document"),
    *history_rows("post"),
    *history_rows("document"),
    *content_rows("document"),
    *repost_rows(),
    *moderation_rows(),
    *erasure_rows(),
    *media_rows(),
    person_row("POST", "/documents/<item_id>/files", ask.upload, "403 201 201 404 201 403 403"),
    person_row("GET", "/accessibility/files", get(f"{MANAGE}/accessibility/files"), "403 200 200 200 200 200 403"),
    person_row(
        "GET", "/accessibility/agencies", get(f"{MANAGE}/accessibility/agencies"), "403 200 200 200 200 200 403"
    ),
    person_row("GET", "/documents/<item_id>/files", ask.files, "403 200 200 404 200 200 403"),
    person_row("GET", "/documents/<item_id>/files/<file_id>/text", ask.file_text, "403 200 200 404 200 200 403"),
    person_row("GET", "/documents/<item_id>/files/<file_id>", ask.file, "403 200 200 404 200 200 403"),
    person_row("DELETE", "/documents/<item_id>/files/<file_id>", ask.file, "403 204 204 404 204 403 403"),
    #                                          key without the scope, key of another agency, key that sees everything
    delivery_row("/v1/posts", get("/v1/posts"), "403 200 200"),
    delivery_row("/v1/posts/<string:id>", ask.delivered("post"), "403 404 200"),
    delivery_row("/v1/documents", get("/v1/documents"), "403 200 200"),
    delivery_row("/v1/documents/<string:id>", ask.delivered("document"), "403 404 200"),
    delivery_row("/v1/documents/<string:id>/files/<string:file_id>", ask.delivered_file, "403 404 200"),
    delivery_row("/v1/items", ask.delivered_items, "403 200 200"),
    delivery_row("/v1/resolve", ask.address, "403 404 200"),
    delivery_row("/v1/agencies", get("/v1/agencies"), "403 200 200"),
    delivery_row("/v1/agencies/<string:slug>", get("/v1/agencies/dpu"), "403 200 200"),
    delivery_row("/v1/areas", get("/v1/areas"), "403 200 200"),
    delivery_row("/v1/categories", get("/v1/categories"), "403 200 200"),
    delivery_row("/v1/tags", get("/v1/tags"), "403 200 200"),
    delivery_row("/v1/offices", get("/v1/offices"), "403 200 200"),
    delivery_row("/v1/offices/<string:id>", ask.delivered_office, "403 200 200"),
    delivery_row("/v1/sync", get("/v1/sync"), "403 200 200"),
    delivery_row("/v1/sync/checksum", ask.checksum, "403 410 200"),
    delivery_row("/v1/changes", get("/v1/changes"), "403 200 200"),
    # Admitted, and sent to the process that waits.
    delivery_row("/v1/changes/stream", get("/v1/changes/stream"), "403 421 421"),
    delivery_row("/v1/whoami", get("/v1/whoami"), "200 200 200"),
    delivery_row("/v1/capabilities", get("/v1/capabilities"), "200 200 200"),
    delivery_row("/v1/search", get("/v1/search?q=jalan"), "403 200 200"),
    delivery_row("/v1/suggest", get("/v1/suggest?q=ja"), "403 200 200"),
    feed_row("/v1/feeds/rss", get("/v1/feeds/rss")),
    feed_row("/v1/feeds/atom", get("/v1/feeds/atom")),
    feed_row("/v1/feeds/json", get("/v1/feeds/json")),
    feed_row("/v1/feeds/agenda.ics", get("/v1/feeds/agenda.ics")),
    feed_row("/v1/sitemap.xml", get("/v1/sitemap.xml")),
    feed_row("/v1/sitemaps/<string:agency>/<int:part>.xml", ask.sitemap("[0-9]+"), "403 404 200"),
    feed_row("/v1/sitemaps/<string:agency>/news.xml", ask.sitemap("news"), "403 404 200"),
]


def test_every_route_has_a_row(app: Flask) -> None:
    routes = [
        f"{verb} {rule.rule}" for rule in app.url_map.iter_rules() for verb in VERBS if verb in (rule.methods or ())
    ]

    assert sorted(routes) == sorted(row.name for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_callers_get_what_they_may_have_and_the_refused_change_nothing(
    app: Flask, client: FlaskClient, row: Row
) -> None:
    world = World(app, client)
    rule = next(each for each in app.url_map.iter_rules() if each.rule == row.rule and row.verb in (each.methods or ()))
    access = access_of(app, rule.endpoint)
    world.without_scope(access.scope if access else None)

    for who, status in row.statuses.items():
        sent = row.ask(world, who)
        before = world.state() if status >= 400 else None
        answer = world.send(who, row.verb, sent)
        assert answer.status_code == status, f"{who}: {answer.get_data(as_text=True)[:500]}"
        if status >= 400:
            assert world.state() == before, f"{who} was refused and has changed something"
        if row.verb == "GET":
            assert world.send(who, "HEAD", sent).status_code == status, f"{who}: HEAD"


def test_what_another_agency_has_is_missing_from_lists(app: Flask, client: FlaskClient) -> None:
    world = World(app, client)
    items = {world.item(kind, "published").id for kind in ("post", "document")}

    for path in ("/manage/v1/posts", "/manage/v1/documents"):
        assert [each["id"] for each in world.callers["author"].get(path).json["data"] if each["id"] in items]  # type: ignore[index]
        assert world.callers["elsewhere"].get(path).json["data"] == []  # type: ignore[index]
    for path in ("/v1/posts", "/v1/documents", f"/v1/items?ids={','.join(items)}"):
        assert [each["id"] for each in world.callers["website"].get(path).json["data"] if each["id"] in items]  # type: ignore[index]
        assert world.callers["other_agency"].get(path).json["data"] == []  # type: ignore[index]


@pytest.mark.parametrize(
    "authorization", ["Bearer expired.access.token", "Basic c2ltcHVs", "Bearer", "Bearer " + "x" * 5_000]
)
def test_only_the_planes_with_tokens_look_at_one(client: FlaskClient, authorization: str) -> None:
    sent = {"Authorization": authorization}
    for path in ("/", "/healthz", "/docs", "/docs/nowhere", "/openapi.json", "/nowhere", "/preview/posts/nowhere"):
        assert client.get(path, headers=sent).status_code == client.get(path).status_code, path
    for path in ("/v1/nowhere", "/v1", "/manage/v1/nowhere", "/manage", "/v1/posts"):
        assert client.get(path, headers=sent).status_code == 401, path
