"""What routes that answer with a file say of it in the documentation."""

from __future__ import annotations

from typing import Any


def _file(media_type: str, what: str) -> dict[str, Any]:
    return {"description": what, "content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}


CSV_RESPONSE = _file("text/csv", "A table as CSV: UTF-8, comma, header row")
PDF_RESPONSE = _file("application/pdf", "A document to be printed")
ZIP_RESPONSE = _file("application/zip", "A folder as a zip archive")
