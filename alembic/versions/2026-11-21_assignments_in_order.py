"""Let a page of a version's assignments be read in order of start without sorting all of them.

Revision: assignments_in_order
Follows: checkpoints
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

revision: str = "assignments_in_order"
down_revision: str | Sequence[str] | None = "checkpoints"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_assignment_version_start", "assignment", ["version_id", "start_at", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_assignment_version_start", table_name="assignment")
