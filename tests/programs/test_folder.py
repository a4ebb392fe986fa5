"""A program survives the database: what is stored comes back equal, numbered like its export."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy.exc import NoResultFound
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.interchange import model
from src.interchange.canonical import numbered
from src.interchange.reader import load_program as read_folder
from src.interchange.reader import read_program_files
from src.interchange.writer import program_files
from src.models import new_id
from src.programs import models
from src.programs.folder import load_inputs, load_program
from src.programs.kinds import KINDS, PEOPLE
from src.programs.storage import replace_program_inputs
from tests.factories.programs import programs, small_program
from tests.factories.programs_db import store_program

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "programs"


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["tiny", "fm-24", "gs-35", "im-60", "infeasible-icu"])
async def test_shared_programs_come_back_equal(session: AsyncSession, name: str) -> None:
    if not SHARED.exists():
        pytest.skip("the shared data is not there")
    program = read_folder(SHARED / name)
    row = await store_program(session, program)
    assert await load_program(session, row.id) == program
