"""What agencies, categories and link lists said before; sites and rollbacks that wait for a second person; templates of addresses."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Add the table and the columns."""
    op.create_table(
        "reference_versions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=253), nullable=False),
        sa.Column("values", JSON_CONTENT, nullable=True),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("author_label", sa.String(length=200), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_versions")),
    )
    op.create_index("ix_reference_versions_kind_key_id", "reference_versions", ["kind", "key", "id"])
    op.create_index(
        "ix_reference_versions_kind_author_id_saved_at", "reference_versions", ["kind", "author_id", "saved_at"]
    )
    op.add_column("rollbacks", sa.Column("items", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "rollbacks", sa.Column("needs_second_person", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("rollbacks", sa.Column("confirmed_by_id", sa.String(length=36), nullable=True))
    op.add_column("rollbacks", sa.Column("confirmed_by_label", sa.String(length=200), nullable=True))
    op.add_column("rollbacks", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agencies", sa.Column("proposed_site_url", sa.String(length=300), nullable=True))
    op.add_column("agencies", sa.Column("proposed_by_id", sa.String(length=36), nullable=True))
    op.add_column("agencies", sa.Column("proposed_by_label", sa.String(length=200), nullable=True))
    op.add_column(
        "agencies", sa.Column("address_templates", JSON_CONTENT, server_default=sa.text("'{}'"), nullable=False)
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("address_templates", "proposed_by_label", "proposed_by_id", "proposed_site_url"):
        op.drop_column("agencies", name)
    for name in ("confirmed_at", "confirmed_by_label", "confirmed_by_id", "needs_second_person", "items"):
        op.drop_column("rollbacks", name)
    op.drop_table("reference_versions")
