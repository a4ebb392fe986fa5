"""Repairs of schedules.

Revision: repairs
Follows: certificates
"""

from __future__ import annotations

from collections.abc import Sequence

revision: str = "repairs"
down_revision: str | Sequence[str] | None = "certificates"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
