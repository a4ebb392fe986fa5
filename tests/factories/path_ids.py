"""Real ids for the path parameters of all routes, so that tests can call every route of the application.

A domain says beside its factories how to make the thing that a parameter names:

    @supplies("person_id")
    async def person_id(session: AsyncSession, program: Program, given: Mapping[str, str]) -> UUID:
        return (await make_person(session, program)).id

`given` holds the parameters to its left in the path. `readers` are the roles that may read what is made (a
draft, say, is not for everyone), `only_own` those who change only what is their own, which what is made is
not; `of_program=False` is for things that belong to no program. What is made should be as fit for use as can
be: a route that may be called should not answer that it is not there.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import EVERY_ROLE, Role
from src.programs.models import Program

Make = Callable[[AsyncSession, Program, Mapping[str, str]], Awaitable[object]]


@dataclass(frozen=True)
class Supplier:
    """How to make what a path parameter names, who may read it, and who changes only what is their own."""

    make: Make
    readers: frozenset[Role]
    only_own: frozenset[Role]
    of_program: bool


SUPPLIERS: dict[str, Supplier] = {}


def supplies(
    parameter: str,
    *,
    readers: frozenset[Role] = EVERY_ROLE,
    only_own: frozenset[Role] = frozenset(),
    of_program: bool = True,
) -> Callable[[Make], Make]:
    """Register how to make what the path parameter names."""

    def register(make: Make) -> Make:
        if parameter in SUPPLIERS and SUPPLIERS[parameter].make.__module__ != make.__module__:
            raise AssertionError(f"{parameter} is supplied twice: in {make.__module__} and elsewhere")
        SUPPLIERS[parameter] = Supplier(make, readers, only_own, of_program)
        return make

    return register


def suppliers() -> Mapping[str, Supplier]:
    """All that are registered in any module of this folder."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        importlib.import_module(f"tests.factories.{path.stem}")
    return SUPPLIERS


class World:
    """Two programs, and in each one thing for every path parameter, made when it is first asked for."""

    def __init__(self, session: AsyncSession, own: Program, foreign: Program) -> None:
        self.session = session
        self.own = own
        self.foreign = foreign
        self._made: dict[tuple[object, ...], str] = {}

    async def value(self, parameter: str, program: Program, given: Mapping[str, str]) -> str:
        """The parameter's value in the program; raises AssertionError for one that nobody supplies."""
        if parameter == "program_id":
            return str(program.id)
        supplier = suppliers().get(parameter)
        if supplier is None:
            raise AssertionError(
                f"nobody supplies the path parameter '{parameter}': add @supplies to tests/factories"
            )
        key = (parameter, program.id, *sorted(given.items()))
        if key not in self._made:
            self._made[key] = str(await supplier.make(self.session, program, given))
            await self.session.commit()
        return self._made[key]
