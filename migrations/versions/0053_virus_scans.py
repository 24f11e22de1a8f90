"""What the virus scanner said about files."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None
running_servers = "compatible"

MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "virus_scans",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("finding", sa.String(length=200), nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("scanned_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_virus_scans")),
    )
    op.create_index(
        "ix_virus_scans_waiting", "virus_scans", ["received_at"], unique=False,
        sqlite_where=WAITING, postgresql_where=WAITING,
    )  # fmt: skip


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_virus_scans_waiting", table_name="virus_scans", sqlite_where=WAITING, postgresql_where=WAITING)
    op.drop_table("virus_scans")
