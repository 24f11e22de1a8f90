"""Publications with a planned beginning and end, ways of going away, public change notes, releases."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
running_servers = "stops"

# 9999-12-31T00:00:00Z in microseconds: nothing is planned.
NEVER = 253_402_214_400_000_000
LIVE = sa.text("superseded_sequence IS NULL")
PLANNED = sa.text("superseded_sequence IS NULL AND is_planned")
ENDING = sa.text("superseded_sequence IS NULL AND effective_until IS NOT NULL")
BATCH = 200
JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

publications = sa.table(
    "publications",
    sa.column("id", sa.BigInteger),
    sa.column("item_id", sa.String),
    sa.column("card_json", sa.Text),
    sa.column("full_json", sa.Text),
    sa.column("digest", sa.String),
    sa.column("superseded_sequence", sa.BigInteger),
)
published_items = sa.table(
    "published_items",
    sa.column("id", sa.String),
    sa.column("public_updated_at", sa.DateTime(timezone=True)),
    sa.column("change_history", JSON_CONTENT),
)


def upgrade() -> None:
    """Add the columns, let an item have a planned publication beside the live one, complete what readers have."""
    op.add_column("publications", sa.Column("is_planned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("publications", sa.Column("end_explanation", sa.Text(), nullable=True))
    op.add_column("publications", sa.Column("planned_by_id", sa.String(length=36), nullable=True))
    op.add_column("publications", sa.Column("planned_by_label", sa.String(length=200), nullable=True))
    op.add_column("published_items", sa.Column("target_id", sa.String(length=36), nullable=True))
    op.add_column("published_items", sa.Column("public_updated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "published_items", sa.Column("change_history", JSON_CONTENT, nullable=False, server_default=sa.text("'[]'"))
    )
    op.add_column(
        "published_slugs", sa.Column("effective_from", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    for topic in ("posts", "documents"):
        never = sa.text(str(NEVER))
        op.add_column(
            "change_head", sa.Column(f"{topic}_due_at", sa.BigInteger(), nullable=False, server_default=never)
        )
    op.add_column("items", sa.Column("planned_by_id", sa.String(length=36), nullable=True))
    op.add_column("items", sa.Column("planned_by_label", sa.String(length=200), nullable=True))
    op.add_column("items", sa.Column("unpublished_as", sa.String(length=10), nullable=True))
    _index_plans()
    _create_releases()
    _complete_presented()


def _index_plans() -> None:
    op.drop_index("uq_publications_live_item", "publications", sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index(
        "uq_publications_live_item", "publications", ["item_id", "is_planned"], unique=True,
        sqlite_where=LIVE, postgresql_where=LIVE,
    )  # fmt: skip
    op.create_index(
        "ix_publications_planned", "publications", ["type", "effective_from"],
        sqlite_where=PLANNED, postgresql_where=PLANNED,
    )  # fmt: skip
    op.create_index(
        "ix_publications_ending", "publications", ["type", "effective_until"],
        sqlite_where=ENDING, postgresql_where=ENDING,
    )  # fmt: skip
    for column in ("publish_at", "unpublish_at"):
        is_set = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_items_{column}", "items", [column], sqlite_where=is_set, postgresql_where=is_set)


def _create_releases() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("author_label", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
    )
    op.create_index(op.f("ix_releases_updated_at_id"), "releases", ["updated_at", "id"])
    op.create_table(
        "release_items",
        sa.Column("release_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_release_items_release_id_releases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_items")),
    )
    op.create_index(op.f("ix_release_items_item_id"), "release_items", ["item_id"])


def _complete_presented() -> None:
    """Give every live publication the new fields: its last update was a major one, so both times are the same."""
    connection = op.get_bind()
    last = 0
    shown = sa.select(
        publications.c.id, publications.c.item_id, publications.c.card_json, publications.c.full_json
    ).where(publications.c.superseded_sequence.is_(None))
    while rows := connection.execute(
        shown.where(publications.c.id > last).order_by(publications.c.id).limit(BATCH)
    ).all():
        for row in rows:
            _complete(connection, row)
        last = rows[-1].id


def _complete(connection: sa.Connection, row: Any) -> None:
    card, full = json.loads(row.card_json), json.loads(row.full_json)
    for shown in (card, full):
        shown |= {"public_updated_at": shown["updated_at"], "withdrawn": None}
    text = "First published." if full["language"] == "en" else "Terbit pertama kali."
    full["change_history"] = [{"at": full["published_at"], "note": text}]
    full_json = _dumped(full)
    connection.execute(
        publications.update().where(publications.c.id == row.id),
        {"card_json": _dumped(card), "full_json": full_json, "digest": hashlib.sha256(full_json.encode()).hexdigest()},
    )
    moment = (
        sa.func.datetime(full["updated_at"])
        if connection.dialect.name == "sqlite"
        else sa.cast(full["updated_at"], sa.DateTime(timezone=True))
    )
    connection.execute(
        published_items.update()
        .where(published_items.c.id == row.item_id)
        .values(public_updated_at=moment, change_history=full["change_history"])
    )


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def downgrade() -> None:
    """Take all of it back; plans beside a live edition go, presented JSON keeps fields that nobody reads."""
    op.drop_table("release_items")
    op.drop_table("releases")
    for column in ("publish_at", "unpublish_at"):
        op.drop_index(f"ix_items_{column}", "items")
    op.drop_index("ix_publications_ending", "publications")
    op.drop_index("ix_publications_planned", "publications")
    op.drop_index("uq_publications_live_item", "publications")
    # What waits for its moment beside a live edition has no place in the old table; alone it stays, and stays unseen till then.
    live = "SELECT item_id FROM publications WHERE superseded_sequence IS NULL AND NOT is_planned"
    planned = f"(SELECT id FROM publications WHERE is_planned AND item_id IN ({live}))"  # noqa: S608 - ours
    op.execute(f"DELETE FROM publication_terms WHERE publication_id IN {planned}")  # noqa: S608 - ours
    op.execute(f"DELETE FROM publication_files WHERE publication_id IN {planned}")  # noqa: S608 - ours
    op.execute(f"DELETE FROM publications WHERE id IN {planned}")  # noqa: S608 - ours
    op.create_index(
        "uq_publications_live_item", "publications", ["item_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    for column in ("planned_by_id", "planned_by_label", "unpublished_as"):
        op.drop_column("items", column)
    for topic in ("posts", "documents"):
        op.drop_column("change_head", f"{topic}_due_at")
    op.drop_column("published_slugs", "effective_from")
    for column in ("target_id", "public_updated_at", "change_history"):
        op.drop_column("published_items", column)
    for column in ("is_planned", "end_explanation", "planned_by_id", "planned_by_label"):
        op.drop_column("publications", column)
