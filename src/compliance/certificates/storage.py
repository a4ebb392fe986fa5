"""Certificates in and out of the database."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.compliance.certificates.document import Certificate, certificate_text
from src.compliance.certificates.records import CertificateRecord


async def keep_certificate(session: AsyncSession, version_id: UUID, certificate: Certificate) -> None:
    """Keep the certificate of a version, once and for all."""
    session.add(
        CertificateRecord(
            version_id=version_id, sha256=certificate.seal(), document=certificate_text(certificate)
        )
    )
    await session.flush()


async def load_certificate_text(session: AsyncSession, version_id: UUID) -> str | None:
    """The `certificate.json` of a version as it was kept; None for one that has none, such as a draft."""
    found = await session.exec(
        select(CertificateRecord.document).where(CertificateRecord.version_id == version_id)
    )
    return found.one_or_none()


async def load_certificate_seal(session: AsyncSession, version_id: UUID) -> str | None:
    """The SHA-256 that the certificate of a version is sealed with; None for one that has none."""
    found = await session.exec(
        select(CertificateRecord.sha256).where(CertificateRecord.version_id == version_id)
    )
    return found.one_or_none()
