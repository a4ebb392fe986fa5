"""Certificates of published versions.

Revision: certificates
Follows: hours
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "certificates"
down_revision: str | Sequence[str] | None = "hours"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEEP = """
CREATE FUNCTION refuse_change_of_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a certificate never changes' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER keep_certificate BEFORE UPDATE OR DELETE ON certificate
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_certificate();
"""


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sqlmodel.AutoString(length=64), nullable=False),
        sa.Column("document", sqlmodel.AutoString(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["schedule_version.id"],
            name=op.f("fk_certificate_version_id_schedule_version"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_certificate")),
    )
    op.execute(KEEP)


def downgrade() -> None:
    op.drop_table("certificate")
    op.execute("DROP FUNCTION refuse_change_of_certificate()")
