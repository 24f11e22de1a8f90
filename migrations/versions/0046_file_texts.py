"""The texts of files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
RECEIVED = sa.text("state = 'received'")
WAITS = sa.text("waits_for_ocr")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "file_texts",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("fault", sa.String(length=20), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("without_text", JSON_CONTENT, nullable=False),
        sa.Column("waits_for_ocr", sa.Boolean(), nullable=False),
        sa.Column("recognised", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("is_tagged", sa.Boolean(), nullable=True),
        sa.Column("is_encrypted", sa.Boolean(), nullable=False),
        sa.Column("figures", sa.Integer(), nullable=False),
        sa.Column("figures_without_alt", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file_texts")),
    )
    op.create_index(
        "ix_file_texts_received", "file_texts", ["received_at"], unique=False,
        sqlite_where=RECEIVED, postgresql_where=RECEIVED,
    )  # fmt: skip
    op.create_index(
        "ix_file_texts_ocr", "file_texts", ["received_at"], unique=False, sqlite_where=WAITS, postgresql_where=WAITS
    )
    op.create_table(
        "file_text_pages",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(length=100), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_recognised", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "number", name=op.f("pk_file_text_pages")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("file_text_pages")
    op.drop_index("ix_file_texts_ocr", table_name="file_texts", sqlite_where=WAITS, postgresql_where=WAITS)
    op.drop_index("ix_file_texts_received", table_name="file_texts", sqlite_where=RECEIVED, postgresql_where=RECEIVED)
    op.drop_table("file_texts")
