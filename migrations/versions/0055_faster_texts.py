"""Long texts of publications are compressed by LZ4 where PostgreSQL has it: a first copy reads all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None
running_servers = "compatible"

_HAS_LZ4 = "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"


def upgrade() -> None:
    """Texts that are written from now on; those that are there stay as they are, and are read as before."""
    connection = op.get_bind()
    # Some builds of PostgreSQL leave LZ4 out.
    if connection.dialect.name == "postgresql" and connection.scalar(sa.text(_HAS_LZ4)):
        op.execute("ALTER TABLE publications ALTER COLUMN full_json SET COMPRESSION lz4")


def downgrade() -> None:
    """Compress what is written from now on as the server does everything."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE publications ALTER COLUMN full_json SET COMPRESSION default")
