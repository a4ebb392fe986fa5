"""Two arithmetics: the engine against the minute-by-minute reference, on years that hypothesis makes up."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings

from tests.compliance.rules.building import Roster
from tests.compliance.rules.international.made_up import COMPARED, engine_says, reference_says, rosters
from tests.compliance.rules.international.reference import Reference
from tests.compliance.rules.international.world import findings

CASES = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # a case takes long, so shrinking one would take minutes
    suppress_health_check=list(HealthCheck),
)


@settings(CASES, max_examples=30)
@given(rosters())
def test_the_engine_and_the_reference_agree(roster: Roster) -> None:
    facts, person = roster.facts(), roster.person()
    assert engine_says(facts, person) == reference_says(facts, person)


@settings(CASES, max_examples=10)
@given(rosters())
def test_windows_that_begin_where_work_begins_are_enough(roster: Roster) -> None:
    """UK-72 fails in the year exactly where some 168 hours from any minute at all hold more than 72."""
    roster.duties = [duty for duty in roster.duties if duty.start >= roster.minute(0, "00:00")]
    last = roster.facts().calendar.start_of(roster.facts().year_end_date.toordinal() + 1)
    roster.duties = [duty for duty in roster.duties if duty.end <= last]
    is_told = any(one.severity == "hard" for one in findings(roster, "uk-2019", "UK-72"))
    assert is_told is (Reference(roster.facts(), roster.person()).heaviest() > 72 * 60)


def test_the_made_up_years_fail_and_pass_every_compared_rule() -> None:
    """A comparison of silence with silence would prove nothing."""
    seen: Counter[str] = Counter()
    number = 200

    @settings(CASES, max_examples=number)
    @given(rosters())
    def collect(roster: Roster) -> None:
        seen.update({verdict.rule for verdict in engine_says(roster.facts(), roster.person())})

    collect()
    assert {rule: 0 < seen[rule] < number for rule in COMPARED} == dict.fromkeys(COMPARED, True)
