"""The routes of signing in, users, memberships and the audit trail."""

from __future__ import annotations

from fastapi import APIRouter

from src.auth.routes import audit, memberships, signing_in, users

router = APIRouter()
router.include_router(signing_in.router)
router.include_router(users.router)
router.include_router(memberships.router)
router.include_router(audit.router)
