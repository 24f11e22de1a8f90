"""Messages to people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
UNREAD = sa.text("read_at IS NULL")
# SQLite takes an index for a condition that is written in the same way.
ON_SQLITE, ON_POSTGRESQL = sa.text("awaits_summary = 1"), sa.text("awaits_summary")


def upgrade() -> None:
    """Create the tables. What happened before is told to nobody: the follower begins at the end of the log."""
    _create_mails()
    _create_notifications()
    op.create_table(
        "notification_settings",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("choices", JSON_CONTENT, nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("refused_address", sa.String(length=254), nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("stopped_because", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notification_settings_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_settings")),
    )
    op.execute(
        "INSERT INTO follower_positions (name, sequence, moved_at) "
        "SELECT 'notifications', sequence, CURRENT_TIMESTAMP FROM change_head WHERE id = 1 AND sequence > 0"
    )


def _create_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=63), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("lease", sa.String(length=36), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mails_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("key", "user_id", name=op.f("uq_mails_key_user_id")),
    )
    op.create_index(op.f("ix_mails_user_id_state"), "mails", ["user_id", "state"])
    op.create_index(op.f("ix_mails_state_next_at"), "mails", ["state", "next_at"])
    op.create_index(op.f("ix_mails_finished_at"), "mails", ["finished_at"])


def _create_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("resource_type", sa.String(length=30), nullable=False),
        sa.Column("resource_id", sa.String(length=63), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=True),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("actor_label", sa.String(length=200), nullable=False),
        sa.Column("facts", JSON_CONTENT, nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("awaits_summary", sa.Boolean(), nullable=False),
        sa.Column("mail_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notifications_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mails.id"], name=op.f("fk_notifications_mail_id_mails"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("key", "user_id", name=op.f("uq_notifications_key_user_id")),
    )
    op.create_index(op.f("ix_notifications_user_id_id"), "notifications", ["user_id", "id"])
    op.create_index(op.f("ix_notifications_mail_id"), "notifications", ["mail_id"])
    op.create_index(op.f("ix_notifications_created_at"), "notifications", ["created_at"])
    op.create_index(
        "ix_notifications_unread", "notifications", ["user_id", "id"], sqlite_where=UNREAD, postgresql_where=UNREAD
    )
    op.create_index(
        "ix_notifications_awaits_summary",
        "notifications",
        ["user_id", "created_at"],
        sqlite_where=ON_SQLITE,
        postgresql_where=ON_POSTGRESQL,
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("notification_settings")
    op.drop_table("notifications")
    op.drop_table("mails")
    op.execute("DELETE FROM follower_positions WHERE name = 'notifications'")
