"""What waits for its moment is scheduled, in every table: there is one word for it."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None
# Older code reads the old names.
running_servers = "stops"

COLUMNS = (
    ("publications", "is_planned", "is_scheduled"),
    ("publications", "planned_by_id", "scheduled_by_id"),
    ("publications", "planned_by_label", "scheduled_by_label"),
    ("items", "planned_by_id", "scheduled_by_id"),
    ("items", "planned_by_label", "scheduled_by_label"),
    ("items", "planned_note", "scheduled_note"),
    ("items", "planned_explanation", "scheduled_explanation"),
)
INDEX = ["type", "effective_from"]

published_items = sa.table("published_items", sa.column("standing", sa.String))


def upgrade() -> None:
    """Give columns, an index and a standing their new names."""
    op.drop_index("ix_publications_planned", "publications")
    for table, old, new in COLUMNS:
        op.alter_column(table, old, new_column_name=new)
    _index("ix_publications_scheduled", "is_scheduled")
    _stand("planned", "scheduled")


def downgrade() -> None:
    """Give them the old names again."""
    op.drop_index("ix_publications_scheduled", "publications")
    for table, old, new in COLUMNS:
        op.alter_column(table, new, new_column_name=old)
    _index("ix_publications_planned", "is_planned")
    _stand("scheduled", "planned")


def _index(name: str, column: str) -> None:
    waits = sa.text(f"superseded_sequence IS NULL AND {column}")
    op.create_index(name, "publications", INDEX, sqlite_where=waits, postgresql_where=waits)


def _stand(old: str, new: str) -> None:
    op.execute(published_items.update().where(published_items.c.standing == old).values(standing=new))
