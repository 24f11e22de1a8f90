"""Search: the index of what is published."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None
running_servers = "compatible"

CURRENT = sa.text("superseded_sequence IS NULL")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables. The words are kept as each database searches best."""
    op.create_table(
        "search_entries",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("publication_id", sa.BigInteger(), nullable=False),
        sa.Column("item_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("publication_id", name=op.f("uq_search_entries_publication_id")),
    )
    op.create_index("ix_search_entries_item_number", "search_entries", ["item_number"])
    op.create_table(
        "search_figures",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_search_figures")),
    )
    op.create_index(
        "ix_publications_live_window",
        "publications",
        ["id", "effective_from", "effective_until", "type", "agency", "published_at"],
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5("
            "placed, more, content='', contentless_delete=1, tokenize=\"ascii tokenchars '_-.:'\")"
        )
        op.execute(
            "CREATE TRIGGER search_words_go AFTER DELETE ON search_entries"
            " BEGIN DELETE FROM search_words WHERE rowid = old.id; END"
        )
        return
    op.execute(
        "CREATE TABLE search_words ("
        " id BIGINT PRIMARY KEY REFERENCES search_entries (id) ON DELETE CASCADE,"
        " publication_id BIGINT NOT NULL, words TSVECTOR NOT NULL) WITH (toast_tuple_target = 128)"
    )
    op.execute("CREATE INDEX ix_search_words_words ON search_words USING gin (words) WITH (fastupdate = off)")


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE search_words")
    op.drop_index("ix_publications_live_window", "publications")
    op.drop_table("search_figures")
    op.drop_table("search_entries")
