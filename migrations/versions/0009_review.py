"""States of review, comments, trash.

Columns that may not be null come with a default: SQLite adds no other ones, and building the table anew would cascade to
its editions.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
running_servers = "compatible"

FILL_SQLITE = """
UPDATE items SET last_edition = edition, state_since = updated_at,
category = (SELECT content ->> 'category' FROM editions
    WHERE editions.item_id = items.id AND editions.number = items.edition),
writers = (SELECT json_group_array(DISTINCT author_id) FROM editions
    WHERE editions.item_id = items.id AND author_id IS NOT NULL)
"""
FILL_POSTGRESQL = """
UPDATE items SET last_edition = edition, state_since = updated_at,
category = (SELECT content ->> 'category' FROM editions
    WHERE editions.item_id = items.id AND editions.number = items.edition),
writers = coalesce((SELECT jsonb_agg(DISTINCT author_id) FROM editions
    WHERE editions.item_id = items.id AND author_id IS NOT NULL), '[]')
"""
JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _item_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("category", sa.String(length=63), nullable=True),
        sa.Column("last_edition", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("writers", JSON_CONTENT, nullable=False, server_default="[]"),
        sa.Column("approved_edition", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.String(length=36), nullable=True),
        sa.Column("approved_by_label", sa.String(length=200), nullable=True),
        sa.Column("approved_as", sa.String(length=20), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False, server_default="1970-01-01 00:00:00"),
        sa.Column("state_before", sa.String(length=20), nullable=True),
        sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unpublish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timezone", sa.String(length=63), nullable=True),
        sa.Column("hold", JSON_CONTENT, nullable=False, server_default="[]"),
        sa.Column("hold_version", sa.String(length=64), nullable=True),
    )


def upgrade() -> None:
    """Add the columns and the table; what is there already stands since its last change, written by all its authors."""
    for column in _item_columns():
        op.add_column("items", column)
    op.add_column("editions", sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agencies", sa.Column("review", sa.String(length=10), nullable=False, server_default="agency"))
    for table in ("agencies", "categories"):
        op.add_column(table, sa.Column("four_eyes", sa.Boolean(), nullable=False, server_default=sa.false()))
    _fill()
    op.create_index(op.f("ix_items_state_state_since_id"), "items", ["state", "state_since", "id"], unique=False)
    op.create_table(
        "review_comments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("pointer", sa.String(length=200), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("author_label", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.String(length=36), nullable=True),
        sa.Column("resolved_by_label", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name=op.f("fk_review_comments_item_id_items"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comments")),
    )
    op.create_index(
        op.f("ix_review_comments_item_id_created_at_id"),
        "review_comments",
        ["item_id", "created_at", "id"],
        unique=False,
    )


def _fill() -> None:
    op.execute(FILL_SQLITE if op.get_bind().dialect.name == "sqlite" else FILL_POSTGRESQL)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_review_comments_item_id_created_at_id"), table_name="review_comments")
    op.drop_table("review_comments")
    op.drop_index(op.f("ix_items_state_state_since_id"), table_name="items")
    for table in ("categories", "agencies"):
        op.drop_column(table, "four_eyes")
    op.drop_column("agencies", "review")
    op.drop_column("editions", "discarded_at")
    for column in reversed(_item_columns()):
        op.drop_column("items", column.name)
