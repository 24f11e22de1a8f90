"""Moderation against gambling links: link lists, freezes, breakers, rollbacks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _person(name: str, *, nullable: bool = False) -> list[sa.Column]:
    return [
        sa.Column(f"{name}_id", sa.String(length=36), nullable=True),
        sa.Column(f"{name}_label", sa.String(length=200), nullable=nullable),
    ]


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "link_domains",
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        *_person("changed_by"),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_link_domains")),
    )
    op.create_table(
        "publishing_freezes",
        sa.Column("scope", sa.String(length=63), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_person("frozen_by"),
        _moment("frozen_at"),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_publishing_freezes")),
    )
    op.create_table(
        "breaker_trips",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=63), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        _moment("tripped_at"),
        _moment("until"),
        _moment("reset_at", nullable=True),
        *_person("reset_by", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaker_trips")),
    )
    op.create_index(op.f("ix_breaker_trips_subject_until"), "breaker_trips", ["subject", "until"], unique=False)
    op.create_table(
        "rollbacks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("target_id", sa.String(length=36), nullable=False),
        _moment("since"),
        sa.Column("agency", sa.String(length=63), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *_person("started_by"),
        _moment("started_at"),
        _moment("finished_at", nullable=True),
        sa.Column("done", JSON_CONTENT, nullable=False),
        sa.Column("failed", JSON_CONTENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollbacks")),
    )
    op.create_index(op.f("ix_rollbacks_target_id_started_at"), "rollbacks", ["target_id", "started_at"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_rollbacks_target_id_started_at"), table_name="rollbacks")
    op.drop_table("rollbacks")
    op.drop_index(op.f("ix_breaker_trips_subject_until"), table_name="breaker_trips")
    op.drop_table("breaker_trips")
    op.drop_table("publishing_freezes")
    op.drop_table("link_domains")
