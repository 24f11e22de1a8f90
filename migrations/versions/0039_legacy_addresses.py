"""Addresses at which items were published before they came here."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "legacy_addresses",
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name=op.f("fk_legacy_addresses_item_id_items"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_legacy_addresses")),
    )
    op.create_index(op.f("ix_legacy_addresses_item_id"), "legacy_addresses", ["item_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("legacy_addresses")
