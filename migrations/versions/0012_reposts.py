"""Reposts between agencies; credit line, canonical address and social text of what is live."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
running_servers = "compatible"

BATCH = 200
LONGEST_CAPTION = 280
publications = sa.table(
    "publications",
    sa.column("id", sa.BigInteger),
    sa.column("type", sa.String),
    sa.column("card_json", sa.Text),
    sa.column("full_json", sa.Text),
    sa.column("digest", sa.String),
    sa.column("superseded_sequence", sa.BigInteger),
)


def upgrade() -> None:
    """Who carries what; a term of a channel says whether it carries the item. Posts that are live get the new fields."""
    op.create_table(
        "reposts",
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("place", sa.String(length=100), nullable=True),
        sa.Column("reposted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["published_items.id"], name=op.f("fk_reposts_item_id_published_items")),
        sa.PrimaryKeyConstraint("item_id", "agency", name=op.f("pk_reposts")),
    )
    op.add_column("publication_terms", sa.Column("repost", sa.Text(), nullable=True))
    op.create_index(
        "ix_publication_terms_repost",
        "publication_terms",
        ["type", "scheme", "term", "published_at", "item_number", "publication_id"],
        unique=False,
        sqlite_where=sa.text("repost IS NOT NULL"),
        postgresql_where=sa.text("repost IS NOT NULL"),
    )
    _complete_presented()


def downgrade() -> None:
    """Drop it; the channels that only carried something go with it. Presented JSON keeps fields that nobody reads."""
    op.execute("DELETE FROM publication_terms WHERE scheme = 'channel' AND repost IS NOT NULL")
    op.drop_index(
        "ix_publication_terms_repost",
        table_name="publication_terms",
        sqlite_where=sa.text("repost IS NOT NULL"),
        postgresql_where=sa.text("repost IS NOT NULL"),
    )
    op.drop_column("publication_terms", "repost")
    op.drop_table("reposts")


def _complete_presented() -> None:
    connection = op.get_bind()
    sites = {row.slug: row.site_url for row in connection.execute(sa.text("SELECT slug, site_url FROM agencies"))}
    shown = (
        sa.select(publications.c.id, publications.c.card_json, publications.c.full_json)
        .where(publications.c.superseded_sequence.is_(None), publications.c.type == "post")
        .order_by(publications.c.id)
        .limit(BATCH)
    )
    last = 0
    while rows := connection.execute(shown.where(publications.c.id > last)).all():
        for row in rows:
            _complete(connection, row, sites)
        last = rows[-1].id


def _complete(connection: sa.Connection, row: Any, sites: dict[str, str | None]) -> None:
    """A later publish or renaming presents it again; until then this is what the presenter would have made of it."""
    card, full = json.loads(row.card_json), json.loads(row.full_json)
    link = _address(full, sites.get(full["agency"]["slug"]))
    credit = full["credit"] or {}
    writers = "/".join(name for name in (credit.get("unit"), *(credit.get("initials") or ())) if name)
    source = f"{'Source' if full['language'] == 'en' else 'Sumber'}: {full['agency']['name']}"
    added = {
        "canonical_url": link,
        "credit_line": f"{source} ({writers})" if writers else source,
        "relation": "own",
        "repost": None,
    }
    caption = f"{full['title']}\n{link}"
    caption = caption if len(caption) <= LONGEST_CAPTION else link
    full_json = _dumped({**full, **added, "reposted_by": [], "social_text": caption})
    connection.execute(
        publications.update().where(publications.c.id == row.id),
        {
            "card_json": _dumped({**card, **added}),
            "full_json": full_json,
            "digest": hashlib.sha256(full_json.encode()).hexdigest(),
        },
    )


def _address(full: dict[str, Any], site_url: str | None) -> str:
    slug = full["slug"]
    if site_url and len(site_url) + len(slug) < 250:
        return f"{site_url.split('?')[0].split('#')[0].rstrip('/')}/{slug}"
    return f"{current_app.config['PUBLIC_URL']}/go/{full['id']}"


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
