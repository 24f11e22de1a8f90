"""The media library: images, their renditions, and which drafts show them. Covers that named no image are taken out."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
running_servers = "compatible"

publications = sa.table(
    "publications",
    sa.column("id", sa.BigInteger),
    sa.column("card_json", sa.Text),
    sa.column("full_json", sa.Text),
    sa.column("digest", sa.String),
    sa.column("superseded_sequence", sa.BigInteger),
)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "images",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("alt", sa.Text(), nullable=True),
        sa.Column("is_decorative", sa.Boolean(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.Column("credit", sa.String(length=200), nullable=True),
        sa.Column("focal_x", sa.Integer(), nullable=False),
        sa.Column("focal_y", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.String(length=36), nullable=True),
        sa.Column("uploaded_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency"], ["agencies.slug"], name=op.f("fk_images_agency_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
    )
    op.create_index("uq_images_agency_sha256", "images", ["agency", "sha256"], unique=True)
    op.create_index(op.f("ix_images_agency_source_sha256"), "images", ["agency", "source_sha256"], unique=False)
    op.create_index(op.f("ix_images_sha256"), "images", ["sha256"], unique=False)
    op.create_index(op.f("ix_images_agency_created_at_id"), "images", ["agency", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_images_created_at_id"), "images", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_images_waiting_since"), "images", ["waiting_since"], unique=False)
    op.create_table(
        "renditions",
        sa.Column("image_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_renditions_image_id_images"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("image_id", "fingerprint", "name", name=op.f("pk_renditions")),
    )
    op.create_index(op.f("ix_renditions_sha256"), "renditions", ["sha256"], unique=False)
    op.create_table(
        "image_uses",
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("image_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_image_uses_image_id_images")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name=op.f("fk_image_uses_item_id_items"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "image_id", name=op.f("pk_image_uses")),
    )
    op.create_index(op.f("ix_image_uses_image_id"), "image_uses", ["image_id"], unique=False)
    op.create_index(op.f("ix_publication_files_file_id"), "publication_files", ["file_id"], unique=False)
    _forget_covers()


def downgrade() -> None:
    """Drop them. Covers of live publications, which were texts before, become null."""
    _forget_covers()
    op.drop_index(op.f("ix_publication_files_file_id"), table_name="publication_files")
    op.drop_table("image_uses")
    op.drop_table("renditions")
    op.drop_table("images")


def _forget_covers() -> None:
    """Write null where a cover stands: before there was a library it could only be an id of nothing."""
    connection = op.get_bind()
    covered = sa.select(publications.c.id, publications.c.card_json, publications.c.full_json).where(
        publications.c.superseded_sequence.is_(None), publications.c.card_json.not_like('%"cover":null%')
    )
    for row in connection.execute(covered).all():
        card, full = json.loads(row.card_json), json.loads(row.full_json)
        if not card.get("cover"):
            continue
        full_json = _compact({**full, "cover": None})
        connection.execute(
            sa.update(publications)
            .where(publications.c.id == row.id)
            .values(
                card_json=_compact({**card, "cover": None}),
                full_json=full_json,
                digest=hashlib.sha256(full_json.encode()).hexdigest(),
            )
        )


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
