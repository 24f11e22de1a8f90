"""The trail over HTTP: filters, order, pages, checkpoints; and the commands that prove it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.services import make_checkpoint
from cms.changes.signing import FILE_NAME, make_signing_key
from cms.core.db import unit_of_work
from cms.core.permissions import Role, system_actor
from tests.changes.tampering import tamper
from tests.factories import CENTRAL, add_published_post
from tests.people import People

CHANGES, CHECKPOINTS = "/manage/v1/changes", "/manage/v1/checkpoints"
pytestmark = pytest.mark.usefixtures("city")
Read = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def written(app: Flask, city: None, moment: Callable[[timedelta], None]) -> str:
    """Five lines: a post of dpu made and published, a minute later one of dishub, then an agency renamed by a task."""
    first = add_published_post(app)
    moment(timedelta(minutes=1))
    add_published_post(app, agency="dishub")
    moment(timedelta(minutes=1))
    with app.app_context(), unit_of_work() as unit:
        record(unit, Action.AGENCY_UPDATED, "dpu", system_actor("import"), agency="dpu", fields=["name"])
    return str(first.id)


@pytest.fixture
def read(people: People) -> Read:
    auditor = people.person(Role.AUDITOR)

    def ask(**query: Any) -> list[dict[str, Any]]:
        answer = auditor.get(CHANGES, query_string=query)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        rows: list[dict[str, Any]] = answer.json["data"]  # type: ignore[index]
        return rows

    return ask


def sequences(rows: list[dict[str, Any]]) -> list[int]:
    return [row["sequence"] for row in rows]


def test_a_line_says_who_did_what_when(read: Read, written: str) -> None:
    line = read(action="post.published", agency="dpu")[0]

    assert len(line.pop("hash")) == 64
    assert line.pop("request_id") is None
    facts = line.pop("facts")
    assert (facts["via"], facts["update"], facts["ending"], facts["cause"]) == ("person", "major", None, None)
    assert line == {
        "sequence": 2,
        "recorded_at": "2026-11-24T01:00:00Z",
        "action": "post.published",
        "resource": {"type": "post", "id": written},
        "edition": 1,
        "agency": "dpu",
        "actor": {"id": CENTRAL.id, "label": "Redaksi Kota"},
        "fields": line["fields"],
        "is_public": True,
    }


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"sort": "sequence"}, [1, 2, 3, 4, 5]),
        ({"actor": CENTRAL.id}, [4, 3, 2, 1]),
        ({"agency": "dishub"}, [4, 3]),
        ({"agency": "dishub,dpu", "type": "agency"}, [5]),
        ({"type": "post"}, [4, 3, 2, 1]),
        ({"item": "dpu"}, [5]),
        ({"action": "post.created,agency.updated"}, [5, 3, 1]),
        ({"after": "2026-11-24T01:00:00Z"}, [5, 4, 3]),
        ({"before": "2026-11-24T09:01:00+08:00"}, [2, 1]),
        ({"after": "2026-11-24T01:00:30Z", "before": "2026-11-24T01:01:30Z"}, [4, 3]),
        ({"from_sequence": 2, "to_sequence": 4, "sort": "sequence"}, [2, 3, 4]),
        ({"request_id": "nobody-asked"}, []),
        ({"agency": "dpu", "action": "post.created", "actor": CENTRAL.id}, [1]),
    ],
)
def test_filters_narrow_the_trail(read: Read, query: dict[str, Any], expected: list[int]) -> None:
    assert sequences(read(**query)) == expected


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"actor": "siti"}, "actor"),
        ({"type": "nothing"}, "type"),
        ({"action": "post.eaten"}, "action"),
        ({"after": "yesterday"}, "after"),
        ({"from_sequence": "0"}, "from_sequence"),
        ({"sort": "actor"}, "sort"),
        ({"fields": "hash"}, "fields"),
    ],
)
def test_wrong_filters_are_refused_by_name(people: People, query: dict[str, Any], name: str) -> None:
    answer = people.person(Role.AUDITOR).get(CHANGES, query_string=query)
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json["errors"]] == [name]  # type: ignore[index]


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("sort", ["sequence", "-sequence"])
def test_pages_follow_each_other_while_lines_are_added(app: Flask, people: People, sort: str) -> None:
    admin = people.person(Role.ADMIN)
    link, found = f"{CHANGES}?limit=2&sort={sort}", []
    while link is not None:
        page = admin.get(link).json
        found += sequences(page["data"])  # type: ignore[index]
        link = page["links"]["next"]  # type: ignore[index]
        if len(found) == 2:
            add_published_post(app, title="Sementara itu")
    assert found == ([1, 2, 3, 4, 5, 6, 7] if sort == "sequence" else [5, 4, 3, 2, 1])


def test_what_one_request_did_is_found_by_its_id(people: People, read: Read) -> None:
    made = people.person(Role.ADMIN).post(
        "/manage/v1/agencies", json={"slug": "badan", "name": "Badan Baru", "short_name": "BB", "kind": "badan"}
    )
    assert [row["action"] for row in read(request_id=made.headers["X-Request-Id"])] == ["agency.created"]


@pytest.mark.parametrize("role", [Role.CENTRAL_EDITOR, Role.AGENCY_EDITOR, Role.AUTHOR])
@pytest.mark.parametrize("path", [CHANGES, CHECKPOINTS])
def test_the_trail_is_for_auditors_and_administrators(people: People, role: Role, path: str) -> None:
    caller = people.person(role, None if role is Role.CENTRAL_EDITOR else "dpu")
    assert caller.get(path).status_code == 403


# --- checkpoints and commands ---


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["cms", "audit", *words])


@pytest.fixture
def key(app: Flask) -> None:
    make_signing_key(app.extensions["simpul"].settings)


@pytest.mark.usefixtures("written", "key")
def test_a_saved_answer_of_the_api_is_a_checkpoint_for_the_command(app: Flask, people: People, tmp_path: Path) -> None:
    with app.app_context():
        made = make_checkpoint()
    answer = people.person(Role.AUDITOR).get(CHECKPOINTS)
    assert answer.json["data"][0]["signature"] == made.signature  # type: ignore[index]
    kept = tmp_path / "kept.json"
    kept.write_bytes(answer.data)

    proof = json.loads(run(app, "verify", "--checkpoint", str(kept), "--json").output)

    assert (proof["whole"], proof["lines"], proof["checkpoints_given"]) == (True, 5, 1)


@pytest.mark.usefixtures("written", "key")
def test_a_checkpoint_kept_elsewhere_shows_that_the_end_was_cut_off(app: Flask, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint.json"
    assert run(app, "checkpoint", "--out", str(kept)).exit_code == 0
    with app.app_context():
        tamper(
            "DELETE FROM changes WHERE sequence > 3",
            "UPDATE change_head SET sequence = 3, hash = (SELECT hash FROM changes WHERE sequence = 3)",
            "DELETE FROM checkpoints",
        )

    blind = run(app, "verify")
    seeing = run(app, "verify", "--checkpoint", str(kept), "--json")

    assert blind.exit_code == 0
    assert "No checkpoint was given" in blind.output
    assert seeing.exit_code == 1
    proof = json.loads(seeing.output)
    assert (proof["damage"], proof["first_bad_line"]) == ("truncated", 4)


@pytest.mark.usefixtures("written", "key")
def test_verify_can_begin_later_and_says_what_it_believed(app: Flask) -> None:
    answer = run(app, "verify", "--from", "4")
    assert answer.exit_code == 0
    assert "2 lines" in answer.output
    assert "line 3 was believed" in answer.output
    assert run(app, "verify", "--from", "40").exit_code == 2


@pytest.mark.usefixtures("written", "key")
def test_a_stored_checkpoint_that_was_altered_is_damage(app: Flask) -> None:
    run(app, "checkpoint")
    with app.app_context():
        tamper("UPDATE checkpoints SET signed_at = '2026-11-20 01:00:00.000000'")
    answer = run(app, "verify", "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.output)["altered_checkpoints"] == [5]


@pytest.mark.usefixtures("written", "key")
def test_checkpoints_of_another_key_count_when_that_key_is_given(app: Flask, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint.json"
    run(app, "checkpoint", "--out", str(kept))
    public_key = run(app, "public-key").output.split()[0]
    path = Path(app.extensions["simpul"].settings.instance_path) / FILE_NAME
    text = path.read_text()
    path.unlink()
    try:
        missing = run(app, "checkpoint")
        unknown = run(app, "verify", "--checkpoint", str(kept))
        known = run(app, "verify", "--checkpoint", str(kept), "--public-key", public_key)
    finally:
        path.write_text(text)
    assert (missing.exit_code, unknown.exit_code, known.exit_code) == (2, 2, 0)
    assert "python -m cms init" in missing.output
    assert "not known here" in unknown.output


@pytest.mark.usefixtures("written", "key")
def test_what_is_no_checkpoint_and_a_damaged_log_end_in_words(app: Flask, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    assert run(app, "verify", "--checkpoint", str(wrong)).exit_code == 2
    with app.app_context():
        tamper("UPDATE changes SET actor_label = 'x' WHERE sequence = 2")
    answer = run(app, "checkpoint")
    assert answer.exit_code == 1
    assert "Not signed." in answer.output


def test_the_trail_needs_a_token(client: FlaskClient) -> None:
    assert client.get(CHANGES).status_code == 401
