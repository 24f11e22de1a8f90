"""Erasing what was published: afterwards the words and bytes are nowhere, and everything that was told stays true."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cms.changes.log import broken_at
from cms.changes.models import Change
from cms.core.clock import NEVER as FAR
from cms.core.db import db, session
from cms.core.runtime import runtime
from cms.media.tasks import make_renditions
from cms.publishing.stored_content import prove_bytes, prove_content
from tests.documents.samples import PDF
from tests.erasures.orders import CSV, LAW, MANAGE, WORD, Orders
from tests.factories import post_content
from tests.media.library import uploaded
from tests.media.pictures import jpeg


def faults(orders: Orders) -> list[Any]:
    """What the proofs find."""
    with orders.app.app_context():
        return [broken_at(), *prove_content(), *prove_bytes(runtime().storage)]


def test_a_post_with_all_that_was_said_about_it_is_found_nowhere(orders: Orders) -> None:
    path = orders.post()
    orders.publish_anew(path, title=f"Data baru {WORD}", slug=f"data-baru-{WORD}")
    orders.editor.post(f"{path}/comments", {"body": f"Lihat {WORD}"})
    orders.editor.post(f"{path}/previews", {"edition": 1})
    reposted = orders.editor.post(f"{path}/reposts", {"agency": "dishub", "comment": f"Baca {WORD}"})
    assert reposted.status_code == 201, reposted.json
    assert {"editions", "items", "publications", "published_slugs", "review_comments", "reposts"} <= set(
        orders.traces()
    )
    erased = orders.erase(path)
    assert orders.traces() == []
    assert (erased["state"], erased["goes"]["is_whole"], erased["goes"]["editions"]) == ("confirmed", True, [1, 2])
    assert faults(orders) == [None]


def test_a_document_goes_with_its_file_and_what_was_read_of_it(orders: Orders) -> None:
    path, file_id = orders.document()
    orders.read_files()
    orders.index()
    assert orders.site.get(f"/v1/search?q={WORD}").json["data"] != []  # type: ignore[index]
    digest = hashlib.sha256(CSV).hexdigest()
    assert {digest, "file_text_pages", "document_files"} <= set(orders.traces())
    ordered = orders.order(path)
    assert ordered.json["data"]["goes"]["files"] == [{"id": file_id, "sha256": digest, "also_in": []}]  # type: ignore[index]
    orders.confirm(ordered)
    assert orders.traces() == [digest], "the bytes wait for uploads of the same that have begun"
    orders.finish()
    assert orders.traces() == []
    done = orders.officer.get(f"{MANAGE}/erasures/{ordered.json['data']['id']}").json["data"]  # type: ignore[index]
    assert (done["state"], done["goes"]["files"][0]["sha256"]) == ("done", digest)
    assert faults(orders) == [None]


def test_readers_get_the_reason_and_the_log_keeps_the_digests(orders: Orders) -> None:
    path, _file = orders.document()
    item_id = path.rpartition("/")[2]
    before = orders.site.get(f"/v1/documents/{item_id}")
    assert before.status_code == 200
    orders.erase(path)
    gone = orders.site.get(f"/v1/documents/{item_id}")
    assert (gone.status_code, gone.json["explanation"]) == (410, LAW["reason"])  # type: ignore[index]
    assert orders.site.get(f"/v1/documents?slug=daftar-{WORD}").json["data"] == []  # type: ignore[index]
    with orders.app.app_context():
        line = session.scalars(select(Change).where(Change.action == "document.erased")).one()
        assert line.facts["erased"]["files"] == [hashlib.sha256(CSV).hexdigest()]
        assert len(line.facts["erased"]["publications"]) == 1
        assert (line.facts["ending"], line.is_public) == ("gone", True)
    shown = orders.editor.get(path)
    assert (shown.status_code, shown.json["data"]["state"]) == (200, "archived")  # type: ignore[index]
    for part in ("/editions", "/editions/1", "/comments"):
        assert orders.editor.get(path + part).status_code == 200, part


def test_a_file_is_replaced_by_a_redacted_one_and_the_earlier_one_erased(orders: Orders) -> None:
    """The document stays with its readers; only what should not have been there goes."""
    path, file_id = orders.document(name="pegawai.csv")
    assert orders.order(path, files=[file_id]).json["code"] == "erasure_in_use"  # type: ignore[index]
    orders.file(path, PDF, "hitam.pdf", variant="redacted")
    orders.editor("DELETE", f"{path}/files/{file_id}", match=orders.version(path))
    orders.publish_anew(path, title="Daftar Pegawai", slug="daftar-pegawai")
    erased = orders.erase(path, files=[file_id])
    assert erased["goes"]["editions"] == [2, 3], "those that showed it"
    assert hashlib.sha256(CSV).hexdigest() not in orders.traces()
    assert orders.traces("pegawai.csv") == []
    shown = orders.site.get(f"/v1/documents/{path.rpartition('/')[2]}").json["data"]  # type: ignore[index]
    assert [file["variant"] for file in shown["files"]] == ["redacted"]
    assert faults(orders) == [None]


def test_an_edition_goes_and_the_item_stays(orders: Orders) -> None:
    path = orders.post()
    orders.index()
    orders.publish_anew(path, title="Data", summary="Ringkas", body="Isi", tags=[], slug="data-tanpa-nama")
    assert orders.traces() != []
    erased = orders.erase(path, editions=[1])
    assert erased["goes"]["editions"] == [1]
    assert orders.traces() == []
    item_id = path.rpartition("/")[2]
    assert orders.site.get(f"/v1/posts/{item_id}").json["data"]["title"] == "Data"  # type: ignore[index]
    orders.index()
    hits = orders.site.get("/v1/search?q=ringkas").json["data"]  # type: ignore[index]
    assert [hit["id"] for hit in hits] == [item_id]
    assert orders.site.get(f"/v1/search?q={WORD}").json["data"] == []  # type: ignore[index]
    assert faults(orders) == [None]


def test_the_same_bytes_elsewhere_stay_and_are_named(orders: Orders) -> None:
    path, _file = orders.document()
    other, _other_file = orders.document(slug=f"lain-{WORD}")
    orders.read_files()
    ordered = orders.order(path)
    also = ordered.json["data"]["goes"]["files"][0]["also_in"]  # type: ignore[index]
    assert also == [{"type": "document", "id": other.rpartition("/")[2]}]
    orders.confirm(ordered)
    orders.finish()
    assert hashlib.sha256(CSV).hexdigest() in orders.traces()
    assert "file_text_pages" in orders.traces()
    assert faults(orders) == [None]
    orders.erase(other)
    assert orders.traces() == []


def test_what_had_ended_before_is_erased_too(orders: Orders) -> None:
    gone, vanished = orders.post(), orders.document()[0]
    orders.act(gone, "unpublish", {"kind": "gone", "explanation": f"Ada {WORD} di dalamnya."})
    orders.act(vanished, "unpublish", {"kind": "vanish"})
    orders.erase(gone)
    orders.erase(vanished)
    assert orders.traces() == []
    assert orders.site.get(f"/v1/posts/{gone.rpartition('/')[2]}").json["explanation"] == LAW["reason"]  # type: ignore[index]
    assert orders.site.get(f"/v1/documents/{vanished.rpartition('/')[2]}").status_code == 404
    assert faults(orders) == [None]


def test_pictures_that_no_other_item_shows_go_with_it(orders: Orders) -> None:
    own = uploaded(orders.editor, jpeg(64, 48), "sendiri.jpg", alt=f"Foto {WORD}")["id"]
    shared = uploaded(orders.editor, jpeg(65, 48), "bersama.jpg", alt="Jalan")["id"]
    with orders.app.app_context():
        while make_renditions():
            pass
    orders.age_files()
    path = orders.post(cover=own)
    other = orders.post(slug="lain", cover=shared)
    orders.publish_anew(path, cover=shared)
    goes = orders.erase(path)["goes"]
    assert [image["id"] for image in goes["images"]] == [own]
    assert goes["kept_images"] == [shared]
    assert orders.editor.get(f"{MANAGE}/media/{own}").status_code == 404
    assert orders.editor.get(f"{MANAGE}/media/{shared}").status_code == 200
    orders.erase(other)
    assert orders.editor.get(f"{MANAGE}/media/{shared}").status_code == 404
    assert orders.traces() == []
    with orders.app.app_context():
        assert [*runtime().storage.stored_before(FAR)] == [], "no bytes of any rendition"
    assert faults(orders) == [None]


def test_a_kept_answer_is_not_given_again_and_its_request_not_carried_out_again(orders: Orders) -> None:
    key = {"Idempotency-Key": "satu-permintaan"}
    body = post_content(title=f"Data {WORD}")
    made = orders.editor("POST", f"{MANAGE}/posts", json=body, headers=key)
    path = f"{MANAGE}/posts/{made.json['data']['id']}"  # type: ignore[index]
    orders.act(path, "publish")
    orders.erase(path)
    again = orders.editor("POST", f"{MANAGE}/posts", json=body, headers=key)
    assert (again.status_code, again.json["code"]) == (409, "idempotency_answer_lost")  # type: ignore[index]
    assert orders.traces() == []


@pytest.mark.only_on("sqlite", reason="its file can be read")
def test_the_words_are_not_even_in_the_free_pages_of_the_file(orders: Orders) -> None:
    # Of its own: what the tests before have written and removed is in free pages.
    word = "zsendiri"
    path = orders.post(
        title=f"Data {word}", summary=f"Tentang {word}", body=f"Isi {word}", tags=[word], slug=f"d-{word}"
    )
    orders.index()
    with orders.app.app_context():
        database = Path(str(db.engine.url.database))

    def holders() -> list[str]:
        return [each.name for each in database.parent.glob(f"{database.name}*") if word.encode() in each.read_bytes()]

    assert holders() != []
    orders.erase(path)
    found = holders()
    assert found == []
