"""The change log: lines, the head row that numbers them, and the positions of its readers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

TOPICS = (
    "public",
    "posts",
    "documents",
    "reference",
    "access",
    "posts_at",
    "documents_at",
    "reference_at",
    "access_at",
)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "change_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("public", sa.BigInteger(), nullable=False),
        sa.Column("posts", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("documents", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("reference", sa.BigInteger(), nullable=False),
        sa.Column("access", sa.BigInteger(), nullable=False),
        sa.Column("posts_at", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("documents_at", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("reference_at", sa.BigInteger(), nullable=False),
        sa.Column("access_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_change_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_head")),
    )
    op.create_table(
        "changes",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("resource_type", sa.String(length=30), nullable=False),
        sa.Column("resource_id", sa.String(length=63), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("agency", sa.String(length=63), nullable=True),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("actor_label", sa.String(length=200), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("fields", JSON_CONTENT, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_changes")),
    )
    op.create_index(
        "ix_changes_public",
        "changes",
        ["sequence"],
        unique=False,
        postgresql_where=sa.text("is_public"),
        sqlite_where=sa.text("is_public"),
    )
    op.create_index("ix_changes_resource_type_resource_id", "changes", ["resource_type", "resource_id"], unique=False)
    op.create_table(
        "follower_positions",
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_follower_positions")),
    )

    op.bulk_insert(
        sa.table("change_head", sa.column("id"), sa.column("sequence"), sa.column("hash"), *map(sa.column, TOPICS)),
        [{"id": 1, "sequence": 0, "hash": "0" * 64, **dict.fromkeys(TOPICS, 0)}],
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("follower_positions")
    op.drop_index("ix_changes_resource_type_resource_id", table_name="changes")
    op.drop_index(
        "ix_changes_public",
        table_name="changes",
        postgresql_where=sa.text("is_public"),
        sqlite_where=sa.text("is_public"),
    )
    op.drop_table("changes")
    op.drop_table("change_head")
