"""Items, editions and slugs: the authoring half."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "items",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("channel", sa.String(length=63), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("published_edition", sa.Integer(), nullable=True),
        sa.Column("published_channel", sa.String(length=63), nullable=True),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("author_label", sa.String(length=200), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency"], ["agencies.slug"], name=op.f("fk_items_agency_agencies")),
        sa.ForeignKeyConstraint(["channel"], ["agencies.slug"], name=op.f("fk_items_channel_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    op.create_index(
        op.f("ix_items_type_agency_updated_at_id"), "items", ["type", "agency", "updated_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_items_type_state_updated_at_id"), "items", ["type", "state", "updated_at", "id"], unique=False
    )
    op.create_index(op.f("ix_items_type_updated_at_id"), "items", ["type", "updated_at", "id"], unique=False)
    op.create_table(
        "item_slugs",
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["agency"], ["agencies.slug"], name=op.f("fk_item_slugs_agency_agencies")),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["items.id"],
            name=op.f("fk_item_slugs_item_id_items"),
            ondelete="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("type", "agency", "slug", name=op.f("pk_item_slugs")),
    )
    op.create_index(op.f("ix_item_slugs_item_id"), "item_slugs", ["item_id"], unique=False)
    op.create_table(
        "editions",
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", JSON_CONTENT, nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("body_seal", sa.String(length=32), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("removed_markup", JSON_CONTENT, nullable=False, server_default="{}"),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("author_label", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_editions_item_id_items"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("pk_editions")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("editions")
    op.drop_index(op.f("ix_item_slugs_item_id"), table_name="item_slugs")
    op.drop_table("item_slugs")
    op.drop_index(op.f("ix_items_type_updated_at_id"), table_name="items")
    op.drop_index(op.f("ix_items_type_state_updated_at_id"), table_name="items")
    op.drop_index(op.f("ix_items_type_agency_updated_at_id"), table_name="items")
    op.drop_table("items")
