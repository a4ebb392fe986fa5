"""Certificates: what a published version was judged by and came out as, so that anyone can verify it.

`issue` makes a certificate of a program and a schedule, `verify` says what of one does not hold any more.
"""

from src.compliance.certificates.document import (
    Certificate,
    CertificateInvalidError,
    certificate_text,
    read_certificate,
)
from src.compliance.certificates.issue import Publication, issue
from src.compliance.certificates.verify import Discrepancy, publication_date, verify

__all__ = [
    "Certificate",
    "CertificateInvalidError",
    "Discrepancy",
    "Publication",
    "certificate_text",
    "issue",
    "publication_date",
    "read_certificate",
    "verify",
]
