"""The rules a program goes by: overrides, approvals and waivers.

Revision: rules
Follows: schedules
"""

from __future__ import annotations

from collections.abc import Sequence

revision: str = "rules"
down_revision: str | Sequence[str] | None = "schedules"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
