"""Reposts that were ended stay, with the line that ended them."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "ended_reposts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("place", sa.String(length=100), nullable=True),
        sa.Column("reposted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["published_items.id"], name=op.f("fk_ended_reposts_item_id_published_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended_reposts")),
    )
    op.create_index(op.f("ix_ended_reposts_item_id_agency"), "ended_reposts", ["item_id", "agency"])
    op.create_index(op.f("ix_ended_reposts_agency_ended_sequence"), "ended_reposts", ["agency", "ended_sequence"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("ended_reposts")
