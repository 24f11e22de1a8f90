"""A first password must be changed; sign-ins name device and address; siblings of a refresh token are not taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
running_servers = "stops"


def upgrade() -> None:
    """Add and drop the columns. Whoever has a password keeps it."""
    op.add_column("users", sa.Column("password_change_needed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("sign_in_sessions", sa.Column("device", sa.String(length=40), nullable=True))
    op.add_column("sign_in_sessions", sa.Column("address", sa.String(length=45), nullable=True))
    op.drop_column("refresh_tokens", "revoked_at")


def downgrade() -> None:
    """Undo it. A first password works like any other then."""
    op.add_column("refresh_tokens", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_column("sign_in_sessions", "address")
    op.drop_column("sign_in_sessions", "device")
    op.drop_column("users", "password_change_needed")
