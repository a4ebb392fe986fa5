"""Repairs of schedules: a kind of run, and what only such a run is asked.

Revision: repairs
Follows: certificates
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "repairs"
down_revision: str | Sequence[str] | None = "certificates"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("run", sa.Column("options", postgresql.JSONB(none_as_null=True), nullable=True))
    _allow_kinds("generate", "repair")


def downgrade() -> None:
    """Runs of repairs go: there is no kind for them before; the versions they made stay."""
    op.execute("DELETE FROM run WHERE kind = 'repair'")
    _allow_kinds("generate")
    op.drop_column("run", "options")


def _allow_kinds(*kinds: str) -> None:
    named = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_run_kind"), "run", type_="check")
    op.create_check_constraint(op.f("ck_run_kind"), "run", f"kind IN ({named})")
