"""What consumers ask for by hour, and how far the copies are that they keep."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "consumer_usage",
        sa.Column("consumer_id", sa.String(length=36), nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("not_modified", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("took", JSON_CONTENT, nullable=False),
        sa.PrimaryKeyConstraint("consumer_id", "hour", name=op.f("pk_consumer_usage")),
    )
    op.create_index("ix_consumer_usage_hour", "consumer_usage", ["hour"])
    op.create_table(
        "consumer_copies",
        sa.Column("consumer_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("types", JSON_CONTENT, nullable=False),
        sa.Column("filters", JSON_CONTENT, nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("consumer_id", "name", name=op.f("pk_consumer_copies")),
    )
    op.create_index("ix_consumer_copies_asked_at", "consumer_copies", ["asked_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("consumer_copies")
    op.drop_table("consumer_usage")
