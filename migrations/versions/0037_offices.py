"""Offices of agencies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "offices",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("area", sa.String(length=13), nullable=True),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("contact", JSON_CONTENT, nullable=False),
        sa.Column("is_closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency"], ["agencies.slug"], name=op.f("fk_offices_agency_agencies")),
        sa.ForeignKeyConstraint(["area"], ["areas.code"], name=op.f("fk_offices_area_areas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
    )
    op.create_index(op.f("ix_offices_agency"), "offices", ["agency"], unique=False)
    op.create_index(op.f("ix_offices_area"), "offices", ["area"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_offices_area"), table_name="offices")
    op.drop_index(op.f("ix_offices_agency"), table_name="offices")
    op.drop_table("offices")
