"""Let a schedule be renamed while drafts are saved in it.

An update of a column that a foreign key could refer to locks the row against everybody who refers to it:
every draft in the making. A partial index, though it leaves out nothing, is none that a key can refer to.

Revision: renaming
Follows: assignments_in_order
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "renaming"
down_revision: str | Sequence[str] | None = "assignments_in_order"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "uq_schedule_one_name_per_program",
        "schedule",
        ["program_id", "name"],
        unique=True,
        postgresql_where=sa.text("name IS NOT NULL"),
    )
    op.drop_constraint("uq_schedule_program_id_name", "schedule", type_="unique")


def downgrade() -> None:
    op.create_unique_constraint("uq_schedule_program_id_name", "schedule", ["program_id", "name"])
    op.drop_index("uq_schedule_one_name_per_program", table_name="schedule")
