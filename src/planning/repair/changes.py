"""What has changed, on top of a program's inputs as they are now: who is away, who is gone.

Anything else that changed (demand, rules, limits, pins) is among the inputs already: a repair takes them as
they are when it is asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from src.exceptions import InvalidError
from src.interchange.canonical import numbered
from src.interchange.model import Absence, AbsenceStatus, Person, Program
from src.planning.generation.generate_request import Code
from src.schedules.schemas import Seed
from src.schemas import Body
from src.solver.plan import YearPlan
from src.solver.year.facts import YearFacts

MAX_CHANGES = 50
MOST_ALTERNATIVES = 5
LEFT = "left"
"""The kind of absence of somebody who has left and whose rotations stay in the plan."""


class BadChangeError(InvalidError):
    """A change names somebody whom the program does not have, or dates that cannot be or do not move."""

    code = "BAD_CHANGE"
    message = "A change names somebody whom the program does not have, or dates that cannot be."


class AbsenceIn(Body):
    """Somebody is away on these local dates, both included."""

    person: Annotated[Code, Field(description="Who is away: the person's id in the program, as R001.")]
    start_date: Annotated[dt.date, Field(description="The first local date away.")]
    end_date: Annotated[dt.date, Field(description="The last local date away, included.")]
    kind: Annotated[Code, Field(description="What kind of absence it is, in the program's words.")] = "sick"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end_date < self.start_date:
            raise ValueError("end_date must not be before start_date")
        return self


class GoneIn(Body):
    """Somebody leaves the program: `from_date` is the first local date without them.

    Who leaves before the year's requirements and vacation weeks are done counts as absent from then on, and
    their rotations stay in the plan: without them no plan would keep the requirements.
    """

    person: Annotated[Code, Field(description="Who leaves: the person's id in the program, as R001.")]
    from_date: Annotated[dt.date, Field(description="The first local date without them.")]


class RepairRequest(Body):
    """What has happened, which dates may move, and how many different answers are wanted.

    The program's inputs are taken as they are now; `absences` and `gone` come on top. Only dates from
    `from_date` (by default today) to `to_date` may move. With `allow_unmet` demand that nobody can meet stays
    open, named, where nothing else helps.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "absences": [{"person": "R017", "start_date": "2026-10-09", "end_date": "2026-10-29"}],
                    "from_date": "2026-10-08",
                }
            ]
        }
    )

    absences: Annotated[
        list[AbsenceIn],
        Field(max_length=MAX_CHANGES, description="Absences on top of those the program has already."),
    ] = []
    gone: Annotated[
        list[GoneIn], Field(max_length=MAX_CHANGES, description="Who leaves the program, and when.")
    ] = []
    from_date: Annotated[
        dt.date | None, Field(description="The first local date that may move; none = today.")
    ] = None
    to_date: Annotated[
        dt.date | None, Field(description="The last local date that may move; none = the year's last.")
    ] = None
    alternatives: Annotated[
        int, Field(strict=True, ge=1, le=MOST_ALTERNATIVES, description="How many different repairs to make.")
    ] = 3
    allow_unmet: Annotated[
        bool, Field(strict=True, description="Let demand that nobody can meet stay open, named.")
    ] = True
    time_limit_seconds: Annotated[
        int, Field(strict=True, ge=1, le=3600, description="Seconds to look for repairs.")
    ] = 60
    workers: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=64)] | None,
        Field(description="Threads of the search; at most the server's, which are also the default."),
    ] = None
    seed: Annotated[Seed, Field(description="Another seed searches another way.")] = 1

    @model_validator(mode="after")
    def _range_in_order(self) -> Self:
        if self.from_date is not None and self.to_date is not None and self.to_date < self.from_date:
            raise ValueError("to_date must not be before from_date")
        return self


def with_changes(
    program: Program,
    absences: Sequence[AbsenceIn],
    gone: Sequence[GoneIn],
    stays_in_plan: Collection[str] = (),
) -> Program:
    """The program with the changes on top; raises BadChangeError naming each bad one by its place.

    Those who leave and whose rotations stay in the year's plan are absent from then on.
    """
    errors: list[dict[str, Any]] = []
    people = {person.id: person for person in program.people}
    added: list[Absence] = []
    for index, absence in enumerate(absences):
        if absence.person not in people:
            errors.append(_error(f"absences/{index}/person", f"there is nobody {absence.person}"))
        elif absence.end_date < program.year_start_date or absence.start_date > program.year_end_date:
            errors.append(_error(f"absences/{index}/start_date", "the absence is not in the year"))
        elif not _is_ever_there(people[absence.person], absence.start_date, absence.end_date):
            words = f"{absence.person} is not in the program on any date of the absence"
            errors.append(_error(f"absences/{index}/start_date", words))
        else:
            added.append(
                Absence(
                    absence.person,
                    absence.kind,
                    max(absence.start_date, program.year_start_date),
                    min(absence.end_date, program.year_end_date),
                    AbsenceStatus.APPROVED,
                )
            )
    for index, leaver in enumerate(gone):
        person = people.get(leaver.person)
        if person is None:
            errors.append(_error(f"gone/{index}/person", f"there is nobody {leaver.person}"))
        elif any(leaver.person == earlier.person for earlier in gone[:index]):
            errors.append(_error(f"gone/{index}/person", f"{leaver.person} is named as leaving already"))
        elif not program.year_start_date < leaver.from_date <= program.year_end_date:
            errors.append(_error(f"gone/{index}/from_date", "the date is not in the year after its first"))
        elif not person.is_there(leaver.from_date):
            words = f"{person.id} is not in the program on {leaver.from_date} anyway"
            errors.append(_error(f"gone/{index}/from_date", words))
        elif person.id in stays_in_plan:
            until = program.year_end_date
            added.append(Absence(person.id, LEFT, leaver.from_date, until, AbsenceStatus.APPROVED))
        else:
            people[person.id] = replace(person, end_date=leaver.from_date - dt.timedelta(1))
    if errors:
        raise BadChangeError(details={"errors": errors})
    changed = replace(
        program, people=tuple(people.values()), absences=tuple(dict.fromkeys((*program.absences, *added)))
    )
    return numbered(changed)


def in_range(body: RepairRequest, first: dt.date, last: dt.date) -> None:
    """Raises BadChangeError naming each change that touches no date that may move, `first` to `last`."""
    words = f"nothing of it lies in the dates that may move, {first} to {last}"
    errors = [
        _error(f"absences/{index}/{'end_date' if absence.end_date < first else 'start_date'}", words)
        for index, absence in enumerate(body.absences)
        if absence.end_date < first or absence.start_date > last
    ]
    errors += [
        _error(f"gone/{index}/from_date", words)
        for index, leaver in enumerate(body.gone)
        if leaver.from_date > last
    ]
    if errors:
        raise BadChangeError(details={"errors": errors})


def _is_ever_there(person: Person, first: dt.date, last: dt.date) -> bool:
    return (person.end_date is None or person.end_date >= first) and (
        person.start_date is None or person.start_date <= last
    )


def still_owing(program: Program, gone: Sequence[GoneIn], plan: YearPlan) -> tuple[str, ...]:
    """Those who leave before they have done what the year asks of them in full, by the plan as it stood.

    Requirements and vacation weeks hold for somebody who is there for a part of the year too; without the
    rotations to come there is no plan that keeps them.
    """
    facts = YearFacts(program)
    dates = {leaver.person: leaver.from_date for leaver in gone}
    return tuple(
        person.id
        for person in facts.residents
        if person.id in dates and _owes(facts, person, plan, dates[person.id])
    )


def _owes(facts: YearFacts, person: Person, plan: YearPlan, gone_from: dt.date) -> bool:
    weeks = sum(who == person.id and monday < gone_from for who, monday in plan.vacation_weeks)
    if weeks != facts.weeks_due(person):
        return True
    done = {
        block.number: plan.rotation.get((person.id, block.number))
        for block in facts.program.academic_blocks
        if block.start_date < gone_from
    }
    for row in facts.requirements_of[person.id]:
        named = facts.expand_all([row.rotation])
        first, last = row.first_block or 1, row.last_block or len(facts.block_numbers)
        if sum(first <= block <= last and name in named for block, name in done.items()) < row.min_blocks:
            return True
    return False


def _error(field: str, message: str) -> dict[str, Any]:
    return {"pointer": f"/body/{field}", "message": message}
