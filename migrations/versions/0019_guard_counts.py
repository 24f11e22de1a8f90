"""What a line of the log counts as for the circuit breakers, with an index of just those lines; freezes of persons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
# What older code writes from then on would lack it.
running_servers = "stops"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
COUNTED = "counts_as IS NOT NULL"
SUBJECTS = {"ix_changes_counted_actor": "actor_id", "ix_changes_counted_agency": "agency"}


def upgrade() -> None:
    """Add the columns and the indexes. Lines of before count for nothing: breakers look back an hour."""
    op.add_column("changes", sa.Column("counts_as", sa.String(length=12), nullable=True))
    for name, subject in SUBJECTS.items():
        op.create_index(
            name,
            "changes",
            [subject, "counts_as", "recorded_at"],
            unique=False,
            sqlite_where=sa.text(COUNTED),
            postgresql_where=sa.text(COUNTED),
        )
    op.add_column("users", sa.Column("frozen", sa.Text(), nullable=True))
    op.add_column("publishing_freezes", sa.Column("person_label", sa.String(length=200), nullable=True))
    op.add_column("breaker_trips", sa.Column("reset_reason", sa.Text(), nullable=True))
    op.add_column("breaker_trips", sa.Column("made_up_by", JSON_CONTENT, server_default="[]", nullable=False))


def downgrade() -> None:
    """Drop them, and the freezes of persons with them."""
    op.execute("DELETE FROM publishing_freezes WHERE scope LIKE 'person:%'")
    op.execute("DELETE FROM breaker_trips WHERE kind = 'removal'")
    op.drop_column("breaker_trips", "made_up_by")
    op.drop_column("breaker_trips", "reset_reason")
    op.drop_column("publishing_freezes", "person_label")
    op.drop_column("users", "frozen")
    for name in SUBJECTS:
        op.drop_index(name, table_name="changes")
    op.drop_column("changes", "counts_as")
