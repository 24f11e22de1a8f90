"""The epoch of the installation, and facts on each line of the log."""

import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from cms.core import clock

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
# What older code writes from then on would lack it.
running_servers = "stops"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
# No letters that people mistake for others.
LETTERS = "23456789abcdefghjkmnpqrstvwxyz"


def upgrade() -> None:
    """Begin the first epoch; add the column."""
    installation = op.create_table(
        "installation",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    epoch = "".join(secrets.choice(LETTERS) for _ in range(8))
    op.bulk_insert(installation, [{"id": 1, "epoch": epoch, "began_at": clock.now(), "why": "init"}])
    op.add_column("changes", sa.Column("facts", JSON_CONTENT, server_default="{}", nullable=False))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("changes", "facts")
    op.drop_table("installation")
