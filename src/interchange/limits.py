"""How much a reader takes before it says no: generous for any real program, small for a machine.

Sizes are bytes after unpacking, lengths are characters.
"""

from __future__ import annotations

from datetime import date

MAX_CELL_LENGTH = 1_000
"""Longest text of a program's cell or value; names are far shorter."""

MAX_LIST_LENGTH = 10_000
"""Longest list in a cell (a call's rotations, the lengths of the blocks)."""

MAX_EVIDENCE_LENGTH = 100_000
"""Longest cell of a schedule; the entries behind a finding or a denial may be many."""

MAX_ID_LENGTH = 64
"""Longest id of a program, person, rotation, call or group."""

MAX_ROWS = 500_000
MAX_COLUMNS = 100
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_TOTAL_BYTES = 128 * 1024 * 1024
MAX_WORKBOOK_BYTES = 48 * 1024 * 1024
MAX_ARCHIVE_BYTES = 64 * 1024 * 1024
MAX_ARCHIVE_ENTRIES = 500

MAX_COMPRESSION_RATIO = 200
"""Unpacked to packed size; judged for entries above `RATIO_FREE_BYTES` only, plain tables reach 30."""

RATIO_FREE_BYTES = 1024 * 1024

MAX_PGY = 20
MAX_COUNT = 100_000
MAX_BLOCKS = 366
MAX_BLOCK_DAYS = 366
MAX_YEAR_DAYS = 800

MAX_MINUTES = 7 * 24 * 60
"""Longest session, call or handover: a week."""

FIRST_DATE = date(1971, 1, 1)
LAST_DATE = date(2199, 12, 31)
"""Dates outside are slips of the keyboard; inside, date arithmetic is safe."""
