"""Users, memberships, sign-ins, invitations, the audit trail, and answers kept for idempotency.

The foreign keys of `program_membership` to `program` and `person` come with those tables.

Revision: auth
Follows: nothing
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "auth"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INSTANT = sa.DateTime(timezone=True)

_REFUSE_CHANGE = """
CREATE FUNCTION audit_entry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_entry is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$
"""
_REFUSE_ROWS = """
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse_change()
"""
_REFUSE_TRUNCATE = """
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse_change()
"""


def _id_and_timestamps() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", _INSTANT, server_default=sa.func.now(), nullable=False),
    )


def _user_id() -> sa.Column[object]:
    return sa.Column("user_id", sa.Uuid(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "idempotency_record",
        *_id_and_timestamps(),
        _user_id(),
        sa.Column("operation", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_record")),
        sa.UniqueConstraint(
            "user_id", "operation", "key", name=op.f("uq_idempotency_record_user_id_operation_key")
        ),
    )
    _create_users()
    _create_sign_ins()
    _create_audit_trail()


def _create_users() -> None:
    op.create_table(
        "user_account",
        *_id_and_timestamps(),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("full_name", sa.String(200), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=True),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("may_create_programs", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disabled_at", _INSTANT, nullable=True),
        sa.Column("token_epoch", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_signed_in_at", _INSTANT, nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_account_email_lower_case")),
        sa.CheckConstraint("token_epoch >= 0", name=op.f("ck_user_account_token_epoch_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "program_membership",
        *_id_and_timestamps(),
        _user_id(),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "role IN ('ADMIN', 'COORDINATOR', 'CHIEF', 'FACULTY', 'RESIDENT')",
            name=op.f("ck_program_membership_role"),
        ),
        sa.CheckConstraint("role <> 'ADMIN'", name=op.f("ck_program_membership_admin_is_no_membership")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_program_membership_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_membership")),
        sa.UniqueConstraint("user_id", "program_id", name=op.f("uq_program_membership_user_id_program_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_program_membership_person_id")),
    )
    op.create_index(op.f("ix_program_membership_program_id"), "program_membership", ["program_id"])
    op.create_table(
        "invitation",
        *_id_and_timestamps(),
        _user_id(),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("accepted_at", _INSTANT, nullable=True),
        sa.Column("withdrawn_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_invitation_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_user_id"), "invitation", ["user_id"])


def _create_sign_ins() -> None:
    op.create_table(
        "sign_in",
        *_id_and_timestamps(),
        _user_id(),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("revoked_at", _INSTANT, nullable=True),
        sa.Column("revoked_because", sa.String(40), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_sign_in_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_user_id"), "sign_in", ["user_id"])
    op.create_table(
        "refresh_token",
        *_id_and_timestamps(),
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("spent_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["sign_in_id"],
            ["sign_in.id"],
            name=op.f("fk_refresh_token_sign_in_id_sign_in"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_token_token_hash")),
    )
    op.create_index(op.f("ix_refresh_token_sign_in_id"), "refresh_token", ["sign_in_id"])


def _create_audit_trail() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(254), nullable=False),
        sa.Column("action", sa.String(80), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("entity_type", sa.String(80), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("counts", postgresql.JSONB(), nullable=True),
        sa.Column("content_hash", sa.String(64), nullable=True),
        sa.Column("request_id", sa.String(80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    for columns in (
        ["program_id", "id"],
        ["actor_id", "id"],
        ["entity_type", "entity_id", "id"],
        ["action", "id"],
        ["at"],
    ):
        op.create_index(op.f(f"ix_audit_entry_{'_'.join(columns)}"), "audit_entry", columns)
    op.execute(_REFUSE_CHANGE)
    op.execute(_REFUSE_ROWS)
    op.execute(_REFUSE_TRUNCATE)


def downgrade() -> None:
    op.drop_table("audit_entry")
    op.execute("DROP FUNCTION audit_entry_refuse_change()")
    op.drop_table("refresh_token")
    op.drop_table("sign_in")
    op.drop_table("invitation")
    op.drop_table("program_membership")
    op.drop_table("user_account")
    op.drop_table("idempotency_record")
