"""Publications, their terms, files and addresses: the delivery half."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
running_servers = "compatible"

CHANGED_INDEXES = {
    "ix_publications_live_changed": ["type"],
    "ix_publications_live_agency_changed": ["type", "agency"],
}


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "published_items",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("alternative", sa.String(length=500), nullable=True),
        sa.Column("first_published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_published_items")),
        sa.UniqueConstraint("id", name=op.f("uq_published_items_id")),
    )
    op.create_index(op.f("ix_published_items_type_sequence"), "published_items", ["type", "sequence"], unique=False)
    op.create_table(
        "publications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_number", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("valid_until", sa.BigInteger(), server_default="253402214400000000", nullable=False),
        sa.Column("event_from", sa.BigInteger(), nullable=True),
        sa.Column("event_until", sa.BigInteger(), nullable=True),
        sa.Column("effective_from", sa.BigInteger(), nullable=False),
        sa.Column("effective_until", sa.BigInteger(), nullable=True),
        sa.Column("card_json", sa.Text(), nullable=False),
        sa.Column("full_json", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("rendered_sequence", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("superseded_sequence", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_number"], ["published_items.number"], name=op.f("fk_publications_item_number_published_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
    )
    op.create_index(
        op.f("ix_publications_item_number_edition"), "publications", ["item_number", "edition"], unique=False
    )
    op.create_index(
        "ix_publications_live_agency",
        "publications",
        ["type", "agency", "published_at", "item_number"],
        unique=False,
        sqlite_where=sa.text("superseded_sequence IS NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL"),
    )
    op.create_index(
        "ix_publications_live_published",
        "publications",
        ["type", "published_at", "item_number"],
        unique=False,
        sqlite_where=sa.text("superseded_sequence IS NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL"),
    )
    op.create_index(
        "ix_publications_live_updated",
        "publications",
        ["type", "updated_at", "item_number"],
        unique=False,
        sqlite_where=sa.text("superseded_sequence IS NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL"),
    )
    for name, columns in CHANGED_INDEXES.items():
        op.create_index(
            name, "publications", [*columns, "changed_at", "item_number"],
            sqlite_where=sa.text("superseded_sequence IS NULL"), postgresql_where=sa.text("superseded_sequence IS NULL"),
        )  # fmt: skip
    op.create_index(
        "ix_publications_live_valid",
        "publications",
        ["type", "valid_until", "item_number"],
        unique=False,
        sqlite_where=sa.text("superseded_sequence IS NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL"),
    )
    op.create_index(
        "ix_publications_live_event",
        "publications",
        ["type", "event_from", "item_number"],
        unique=False,
        sqlite_where=sa.text("superseded_sequence IS NULL AND event_from IS NOT NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL AND event_from IS NOT NULL"),
    )
    op.create_index(
        "uq_publications_live_item",
        "publications",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("superseded_sequence IS NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL"),
    )
    op.create_table(
        "published_slugs",
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["published_items.id"], name=op.f("fk_published_slugs_item_id_published_items")
        ),
        sa.PrimaryKeyConstraint("type", "agency", "slug", name=op.f("pk_published_slugs")),
    )
    op.create_index(op.f("ix_published_slugs_item_id"), "published_slugs", ["item_id"], unique=False)
    op.create_table(
        "publication_files",
        sa.Column("publication_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("is_attachment", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_publication_files_publication_id_publications")
        ),
        sa.PrimaryKeyConstraint("publication_id", "file_id", name=op.f("pk_publication_files")),
    )
    op.create_index(
        op.f("ix_publication_files_item_id_file_id"), "publication_files", ["item_id", "file_id"], unique=False
    )
    op.create_index(op.f("ix_publication_files_sha256"), "publication_files", ["sha256"], unique=False)
    op.create_table(
        "publication_terms",
        sa.Column("publication_id", sa.BigInteger(), nullable=False),
        sa.Column("scheme", sa.String(length=20), nullable=False),
        sa.Column("term", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("item_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_publication_terms_publication_id_publications")
        ),
        sa.PrimaryKeyConstraint("publication_id", "scheme", "term", name=op.f("pk_publication_terms")),
    )
    op.create_index(
        "ix_publication_terms_agency",
        "publication_terms",
        ["type", "agency", "scheme", "term", "published_at", "item_number", "publication_id"],
        unique=False,
    )
    op.create_index(
        "ix_publication_terms_term",
        "publication_terms",
        ["type", "scheme", "term", "published_at", "item_number", "publication_id"],
        unique=False,
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_publication_terms_term", table_name="publication_terms")
    op.drop_index("ix_publication_terms_agency", table_name="publication_terms")
    op.drop_table("publication_terms")
    op.drop_index(op.f("ix_publication_files_sha256"), table_name="publication_files")
    op.drop_index(op.f("ix_publication_files_item_id_file_id"), table_name="publication_files")
    op.drop_table("publication_files")
    op.drop_index(op.f("ix_published_slugs_item_id"), table_name="published_slugs")
    op.drop_table("published_slugs")
    op.drop_index(
        "uq_publications_live_item",
        table_name="publications",
        sqlite_where=sa.text("superseded_sequence IS NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL"),
    )
    for name in CHANGED_INDEXES:
        op.drop_index(name, table_name="publications")
    op.drop_index(
        "ix_publications_live_event",
        table_name="publications",
        sqlite_where=sa.text("superseded_sequence IS NULL AND event_from IS NOT NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL AND event_from IS NOT NULL"),
    )
    op.drop_index(
        "ix_publications_live_valid",
        table_name="publications",
        sqlite_where=sa.text("superseded_sequence IS NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL"),
    )
    op.drop_index(
        "ix_publications_live_updated",
        table_name="publications",
        sqlite_where=sa.text("superseded_sequence IS NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL"),
    )
    op.drop_index(
        "ix_publications_live_published",
        table_name="publications",
        sqlite_where=sa.text("superseded_sequence IS NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL"),
    )
    op.drop_index(
        "ix_publications_live_agency",
        table_name="publications",
        sqlite_where=sa.text("superseded_sequence IS NULL"),
        postgresql_where=sa.text("superseded_sequence IS NULL"),
    )
    op.drop_index(op.f("ix_publications_item_number_edition"), table_name="publications")
    op.drop_table("publications")
    op.drop_index(op.f("ix_published_items_type_sequence"), table_name="published_items")
    op.drop_table("published_items")
