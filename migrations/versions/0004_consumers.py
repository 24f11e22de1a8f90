"""Consumers and delivery keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "consumers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("origins", JSON_CONTENT, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency"], ["agencies.slug"], name=op.f("fk_consumers_agency_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consumers")),
    )
    op.create_index(op.f("ix_consumers_agency"), "consumers", ["agency"], unique=False)
    op.create_table(
        "delivery_keys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("consumer_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=6), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("scopes", JSON_CONTENT, nullable=False),
        sa.Column("agencies", JSON_CONTENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["consumer_id"], ["consumers.id"], name=op.f("fk_delivery_keys_consumer_id_consumers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_delivery_keys_digest")),
    )
    op.create_index(op.f("ix_delivery_keys_consumer_id"), "delivery_keys", ["consumer_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_delivery_keys_consumer_id"), table_name="delivery_keys")
    op.drop_table("delivery_keys")
    op.drop_index(op.f("ix_consumers_agency"), table_name="consumers")
    op.drop_table("consumers")
