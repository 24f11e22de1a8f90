"""Texts of files that the search index has not taken yet, and the words with which slips are corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None
running_servers = "compatible"


def upgrade() -> None:
    """Add them; what was read before is taken once more."""
    op.add_column("file_texts", sa.Column("is_new", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE file_texts SET is_new = (state IN ('read', 'scan', 'ocr'))")
    new = sa.text("is_new")
    op.create_index("ix_file_texts_new", "file_texts", ["sha256"], sqlite_where=new, postgresql_where=new)
    op.create_table(
        "search_vocabulary",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("texts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_vocabulary")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("search_vocabulary")
    op.drop_index("ix_file_texts_new", "file_texts")
    with op.batch_alter_table("file_texts") as table:
        table.drop_column("is_new")
