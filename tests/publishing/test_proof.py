"""The proof of what readers get: whatever is altered in the database is found, and named by item and edition."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from cms.changes.log import broken_at
from cms.cli.doctor.content import check_content
from cms.cli.doctor.findings import Level
from cms.core.db import db
from cms.core.permissions import Role
from cms.core.runtime import runtime
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.publishing.stored_content import prove_bytes
from tests.documents.uploads import fresh_storage
from tests.factories import NEWS
from tests.people import People
from tests.publishing.published_world import World, act, altered, change, id_of


@pytest.fixture
def world(
    app: Flask,
    people: People,
    moment: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> World:
    fresh_storage(app, monkeypatch, tmp_path)
    return World(app, people.person(Role.CENTRAL_EDITOR), moment)


def test_what_was_published_and_not_touched_is_whole(world: World, moment: Callable[[timedelta], None]) -> None:
    """Also after schedules were carried out, taken back, replaced and rendered again."""
    assert world.findings() == []
    editor = world.editor
    act(editor, world.scheduled, "schedule", {"publish_at": "2026-11-24T01:04:00Z"})
    assert world.findings() == []
    moment(timedelta(minutes=4, seconds=30))
    assert world.findings() == [], "a moment that has passed and that nobody carried out yet"
    with world.app.app_context():
        assert not carry_out_and_follow()
    assert world.findings() == []
    act(editor, world.ending, "unpublish", {"kind": "withdrawn", "explanation": "Sudah selesai."})
    assert editor("DELETE", f"{world.live}/reposts/dishub").status_code == 204
    change(editor, world.withdrawn, title="Terbit lagi")
    act(editor, world.withdrawn, "publish", NEWS)
    change(editor, world.document, title="Renja 2027")
    act(editor, world.document, "schedule", {"publish_at": "2026-11-24T01:07:00Z", **NEWS})
    assert world.findings() == []
    answer = editor("DELETE", f"{world.document}/schedule", match=editor.get(world.document).headers["ETag"])
    assert answer.status_code == 200
    assert world.findings() == []
    moment(timedelta(minutes=5))
    with world.app.app_context():
        assert not carry_out_and_follow()
        assert broken_at() is None
        assert list(prove_bytes(runtime().storage)) == []
    assert world.findings() == []


PUBLICATION = {
    "card_json": "replace(card_json, 'a', 'b')",
    "full_json": "replace(full_json, 'a', 'b')",
    "terms_json": "'[]'",
    "files_json": "'[{}]'",
    "agency": "'dishub'",
    "slug": "'lain'",
    "language": "'en'",
    "type": "'alert'",
    "edition": "edition + 7",
    "published_at": "published_at - 1",
    "updated_at": "updated_at - 1",
    "effective_from": "effective_from + 1",
    "effective_until": "coalesce(effective_until, 1800000000000000) - 1",
    "end_explanation": "'Lain.'",
    "digest": "'0'",
    "sequence": "sequence + 1",
    "item_id": "'019ac1a0-7c00-7000-8000-000000000009'",
}
EVERYWHERE = ("live", "scheduled", "ending", "withdrawn", "pictured", "document")


WHERE = "WHERE item_id = '{id}' AND superseded_sequence IS NULL"


def test_every_column_that_readers_get_is_covered(world: World) -> None:
    unseen = []
    for which in EVERYWHERE:
        item = id_of(getattr(world, which))
        for column, value in PUBLICATION.items():
            with altered(world, f"UPDATE publications SET {column} = {value} {WHERE.format(id=item)}"):
                found = [finding for finding in world.findings() if item in finding and ", edition " in finding]
            if not found:
                unseen.append((which, column))

    assert unseen == [("scheduled", "sequence")], "nobody could read it yet: it has no place in the course of things"
    assert world.findings() == []


OTHERS = {
    "a superseded text": ("live", "UPDATE publications SET full_json = '{{}}' WHERE item_id = '{id}' AND superseded_sequence IS NOT NULL"),
    "an old text made live": (
        "live",
        "UPDATE publications SET superseded_sequence = coalesce(superseded_sequence, sequence) + 1 WHERE item_id = '{id}'",
    ),
    "a live text ended": ("live", "UPDATE publications SET superseded_sequence = sequence + 1 WHERE item_id = '{id}' AND superseded_sequence IS NULL"),
    "an ended text live": ("gone", "UPDATE publications SET superseded_sequence = NULL WHERE item_id = '{id}'"),
    "a schedule brought forward": ("scheduled", "UPDATE publications SET is_scheduled = (1 = 0), effective_from = 0 WHERE item_id = '{id}'"),
    "an explanation": ("gone", "UPDATE published_items SET explanation = 'x' WHERE id = '{id}'"),
    "an alternative": ("gone", "UPDATE published_items SET alternative = 'https://judi.example' WHERE id = '{id}'"),
    "a redirection": ("gone", "UPDATE published_items SET target_id = id WHERE id = '{id}'"),
    "the moment of an end": ("gone", "UPDATE published_items SET ended_at = NULL WHERE id = '{id}'"),
    "a standing": ("gone", "UPDATE published_items SET standing = 'vanished' WHERE id = '{id}'"),
    "a live item called gone": ("live", "UPDATE published_items SET standing = 'gone' WHERE id = '{id}'"),
    "a notice lifted": ("withdrawn", "UPDATE published_items SET standing = 'live', explanation = NULL WHERE id = '{id}'"),
    "a notice altered": ("withdrawn", "UPDATE published_items SET explanation = 'x' WHERE id = '{id}'"),
    "terms taken away": ("live", "DELETE FROM publication_terms WHERE type = 'post' AND scheme = 'kind' AND item_number = (SELECT number FROM published_items WHERE id = '{id}')"),
    "a term altered": ("live", "UPDATE publication_terms SET term = 'x' WHERE scheme = 'kind' AND item_number = (SELECT number FROM published_items WHERE id = '{id}')"),
    "what a carrier says": ("live", "UPDATE publication_terms SET repost = 'x' WHERE repost IS NOT NULL AND item_number = (SELECT number FROM published_items WHERE id = '{id}')"),
    "the order of a list": ("live", "UPDATE publication_terms SET published_at = published_at + 1 WHERE item_number = (SELECT number FROM published_items WHERE id = '{id}')"),
    "the bytes of a file": ("document", "UPDATE publication_files SET sha256 = '{zeros}' WHERE item_id = '{id}'"),
    "a file that browsers show": (
        "document",
        "UPDATE publication_files SET is_attachment = NOT is_attachment WHERE item_id = '{id}'",
    ),
    "the name of a file": ("document", "UPDATE publication_files SET name = 'x' WHERE item_id = '{id}'"),
    "a file taken away": ("document", "DELETE FROM publication_files WHERE item_id = '{id}'"),
    "the bytes of an image": ("pictured", "UPDATE images SET sha256 = '{zeros}'"),
    "an address given away": ("live", "UPDATE published_slugs SET slug = 'promo' WHERE item_id = '{id}'"),
    "an address of another": ("live", "INSERT INTO published_slugs (type, agency, slug, item_id, effective_from) VALUES ('post', 'dpu', 'promo', '{id}', 0)"),
}  # fmt: skip


def test_everything_else_that_readers_get_is_covered(world: World) -> None:
    unseen = []
    for name, (which, statement) in OTHERS.items():
        item = id_of(getattr(world, which))
        with altered(world, statement.format(id=item, zeros="0" * 64)):
            if not any(item in finding for finding in world.findings()):
                unseen.append(name)

    assert unseen == []
    assert world.findings() == []


def test_an_item_that_is_gone_altogether_is_missed(world: World) -> None:
    item = id_of(world.live)
    statements = [
        "DELETE FROM publication_terms",
        f"DELETE FROM reposts WHERE item_id = '{item}'",
        f"DELETE FROM publications WHERE item_id = '{item}'",
        f"DELETE FROM published_slugs WHERE item_id = '{item}'",
        f"DELETE FROM published_items WHERE id = '{item}'",
    ]
    with altered(world, *statements):
        assert any(item in finding and "gone" in finding for finding in world.findings())


def test_lost_and_altered_bytes_are_named_with_the_item_and_its_edition(world: World) -> None:
    with world.app.app_context():
        storage = runtime().storage
        with db.engine.connect() as connection:
            rows = connection.execute(text("SELECT item_id, sha256 FROM publication_files ORDER BY item_id")).all()
        assert list(prove_bytes(storage)) == []
        digests = {row.item_id: row.sha256 for row in rows}
        storage.delete(digests[id_of(world.document)])
        path = storage._path(digests[id_of(world.pictured)])  # type: ignore[attr-defined]
        path.chmod(0o600)
        path.write_bytes(b"other bytes")

        found = {finding.item_id: finding.sentence() for finding in prove_bytes(storage)}

    assert "are missing" in found[id_of(world.document)]
    assert "were altered" in found[id_of(world.pictured)]
    assert all(", edition " in sentence for sentence in found.values())


def test_the_commands_name_item_and_edition(world: World) -> None:
    """`audit verify --content` looks at everything; `doctor` at a sample, here larger than all there is."""
    runner = world.app.test_cli_runner()
    whole = runner.invoke(args=["cms", "audit", "verify", "--content"])
    assert (whole.exit_code, "What readers get is what was published" in whole.output) == (0, True), whole.output
    with world.app.app_context():
        assert [finding.level for finding in check_content(runtime().settings)] == [Level.OK]
    item = id_of(world.live)

    with altered(world, f"UPDATE publications SET full_json = '{{}}' {WHERE.format(id=item)}"):
        log_alone = runner.invoke(args=["cms", "audit", "verify"])
        found = runner.invoke(args=["cms", "audit", "verify", "--content"])
        told = json.loads(runner.invoke(args=["cms", "audit", "verify", "--content", "--json"]).stdout)
        with world.app.app_context():
            sampled = [finding.sentence for finding in check_content(runtime().settings) if finding.level is Level.RED]

    assert log_alone.exit_code == 0, "the log itself was left alone"
    assert found.exit_code == 1
    assert f"post {item}, edition 2: the publication was altered" in found.output
    assert (told["whole"], told["content"][0]["item_id"], told["content"][0]["edition"]) == (False, item, 2)
    assert item in sampled[0]
