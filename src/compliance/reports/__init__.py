"""Compliance reports: what was judged of a version, put together for people. Pure but for its fonts."""

from src.compliance.reports.build import ReportInput, build_report
from src.compliance.reports.model import Report, ReportScope

__all__ = ["Report", "ReportInput", "ReportScope", "build_report"]
