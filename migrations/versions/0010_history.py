"""Autosaves, edit leases, previews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _edition_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("is_autosave", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("changed_fields", JSON_CONTENT, nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_version", sa.Integer(), nullable=True),
    )


def upgrade() -> None:
    """Add the columns and the tables. Of older editions nobody noted what they changed: null says so."""
    for column in _edition_columns():
        op.add_column("editions", column)
    op.create_table(
        "edit_leases",
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("holder_id", sa.String(length=36), nullable=False),
        sa.Column("holder_label", sa.String(length=200), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name=op.f("fk_edit_leases_item_id_items"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_edit_leases")),
    )
    op.create_table(
        "previews",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.String(length=36), nullable=False),
        sa.Column("created_by_label", sa.String(length=200), nullable=False),
        sa.Column("token_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_label", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_previews_item_id_items"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previews")),
    )
    op.create_index(op.f("ix_previews_item_id_id"), "previews", ["item_id", "id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_previews_item_id_id"), table_name="previews")
    op.drop_table("previews")
    op.drop_table("edit_leases")
    for column in reversed(_edition_columns()):
        op.drop_column("editions", column.name)
