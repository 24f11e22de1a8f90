"""Agencies and areas."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "agencies",
        sa.Column("slug", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("abbreviations", JSON_CONTENT, nullable=False),
        sa.Column("aliases", JSON_CONTENT, nullable=False),
        sa.Column("parent", sa.String(length=63), nullable=True),
        sa.Column("contact", JSON_CONTENT, nullable=False),
        sa.Column("site_url", sa.String(length=300), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor", sa.String(length=63), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["agencies.slug"], name=op.f("fk_agencies_parent_agencies")),
        sa.ForeignKeyConstraint(["successor"], ["agencies.slug"], name=op.f("fk_agencies_successor_agencies")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_agencies")),
    )
    op.create_index(op.f("ix_agencies_parent"), "agencies", ["parent"], unique=False)
    op.create_index(op.f("ix_agencies_successor"), "agencies", ["successor"], unique=False)
    op.create_table(
        "areas",
        sa.Column("code", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("parent_code", sa.String(length=13), nullable=True),
        sa.Column("aliases", JSON_CONTENT, nullable=False),
        sa.ForeignKeyConstraint(["parent_code"], ["areas.code"], name=op.f("fk_areas_parent_code_areas")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_areas")),
    )
    op.create_index(op.f("ix_areas_parent_code"), "areas", ["parent_code"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_areas_parent_code"), table_name="areas")
    op.drop_table("areas")
    op.drop_index(op.f("ix_agencies_successor"), table_name="agencies")
    op.drop_index(op.f("ix_agencies_parent"), table_name="agencies")
    op.drop_table("agencies")
