"""Categories and information kinds."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "categories",
        sa.Column("slug", sa.String(length=63), nullable=False),
        sa.Column("name_id", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_categories")),
    )
    op.create_table(
        "information_kinds",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("information_class", sa.String(length=20), nullable=False),
        sa.Column("name_id", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("parent", sa.String(length=10), nullable=True),
        sa.Column("article", sa.String(length=120), nullable=True),
        sa.Column("certainty", sa.String(length=10), nullable=False),
        sa.Column("cadence_months", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent"], ["information_kinds.code"], name=op.f("fk_information_kinds_parent_information_kinds")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_information_kinds")),
    )
    op.create_index(op.f("ix_information_kinds_parent"), "information_kinds", ["parent"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_information_kinds_parent"), table_name="information_kinds")
    op.drop_table("information_kinds")
    op.drop_table("categories")
