"""${message}

Servers with the code from before this step are still running while it is applied: expand first, move data in batches,
contract in a later release. `running_servers` says what it means to them: "compatible", they go on rightly while it runs and
after it (change few tables in one step, in the order in which writers touch them: content, publications, change_head; each
waits for its lock); "stops", they answer 503 until they are updated. Never import models here. Give `downgrade` the same care as `upgrade`; both run in the tests on both databases.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}
running_servers = "stops"


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
