"""Waivers: hard findings that somebody entitled to has accepted, each with its reason."""

from src.compliance.waivers.model import Waived, Waiver, sort_out

__all__ = ["Waived", "Waiver", "sort_out"]
