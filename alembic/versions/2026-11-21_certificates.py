"""Certificates of published versions.

Revision: certificates
Follows: hours
"""

from __future__ import annotations

from collections.abc import Sequence

revision: str = "certificates"
down_revision: str | Sequence[str] | None = "hours"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
