"""Hours that residents worked and logged.

Revision: hours
Follows: rules
"""

from __future__ import annotations

from collections.abc import Sequence

revision: str = "hours"
down_revision: str | Sequence[str] | None = "rules"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
