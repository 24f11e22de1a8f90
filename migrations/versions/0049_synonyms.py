"""What the city says about abbreviations and words of the same meaning."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "synonyms",
        sa.Column("term", sa.String(length=60), nullable=False),
        sa.Column("means", JSON_CONTENT, nullable=False),
        sa.Column("both_ways", sa.Boolean(), nullable=False),
        sa.Column("changed_by_id", sa.String(length=36), nullable=True),
        sa.Column("changed_by_label", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_synonyms")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("synonyms")
