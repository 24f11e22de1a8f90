"""Words of images: proposed ones that wait for a second person, all that were said before, and images that are to be purged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
running_servers = "compatible"

JSON_CONTENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("images", sa.Column("proposed", JSON_CONTENT, nullable=True))
    op.add_column("images", sa.Column("proposed_by_id", sa.String(length=36), nullable=True))
    op.add_column("images", sa.Column("proposed_by_label", sa.String(length=200), nullable=True))
    op.add_column("images", sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("images", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_images_deleted_at",
        "images",
        ["deleted_at"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NOT NULL"),
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_table(
        "image_versions",
        sa.Column("image_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=True),
        sa.Column("is_decorative", sa.Boolean(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.Column("credit", sa.String(length=200), nullable=True),
        sa.Column("focal_x", sa.Integer(), nullable=False),
        sa.Column("focal_y", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("author_label", sa.String(length=200), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_image_versions_image_id_images"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("image_id", "version", name=op.f("pk_image_versions")),
    )


def downgrade() -> None:
    """Drop them. Images that were to be purged are back in the library."""
    op.drop_table("image_versions")
    op.drop_index("ix_images_deleted_at", table_name="images")
    for name in ("deleted_at", "proposed_at", "proposed_by_label", "proposed_by_id", "proposed"):
        op.drop_column("images", name)
