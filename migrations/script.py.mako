"""${message}

The old code is still running while this step is applied: expand first, move data in batches, contract in a later
release. Never import models here. Give `downgrade` the same care as `upgrade`; both run in the tests on both databases.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
