"""Two arithmetics: the engine against the minute-by-minute reference, on years that hypothesis makes up."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings

from src.compliance.rules import Finding
from tests.compliance.rules.building import Roster
from tests.compliance.rules.made_up import Case, cases, compared, engine_says, rosters
from tests.compliance.rules.reference import Reference, Verdict

COMPARED = {"US-80", "US-FREE7", "US-CALL3", "US-REST14", "US-CONT24"}
COUNTED = {"US-FREE7", "US-CALL3"}


def verdict(finding: Finding) -> Verdict:
    start, end = finding.window_start_at, finding.window_end_at
    value = int(finding.value) if finding.rule in COUNTED else 0
    minutes = (int(start.timestamp()) // 60, int(end.timestamp()) // 60)
    return Verdict(finding.rule, finding.severity.value, *minutes, value)


@settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],  # a case takes 50 ms, so shrinking one would take minutes
    suppress_health_check=list(HealthCheck),
)
@given(rosters())
def test_the_engine_and_the_reference_agree(roster: Roster) -> None:
    fast = sorted(verdict(finding) for finding in roster.judge() if finding.rule in COMPARED)
    assert fast == Reference(roster.facts(), roster.person()).verdicts()


def test_the_made_up_years_fail_and_pass_every_compared_rule() -> None:
    """A comparison of silence with silence would prove nothing."""
    seen: list[set[str]] = []

    @settings(
        max_examples=120,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(rosters())
    def collect(roster: Roster) -> None:
        seen.append({f"{finding.rule} {finding.severity}" for finding in roster.judge()})

    collect()
    for rule in COMPARED:
        failing = sum(1 for found in seen if f"{rule} hard" in found)
        assert 0 < failing < len(seen), rule
    assert {"US-80 info", "US-FREE7 info", "US-FREE7 soft"} <= set().union(*seen)


@settings(
    max_examples=35,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(cases())
def test_the_engine_and_the_reference_agree_on_every_pack(case: Case) -> None:
    assert compared(case)[1] == []


def test_the_made_up_cases_break_the_rules_of_every_pack() -> None:
    """A comparison of silence with silence would prove nothing."""
    seen: set[str] = set()

    @settings(
        max_examples=150,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def collect(case: Case) -> None:
        for pack_id in ("acgme-cpr-2023", "acgme-em", "acgme-im", "us-ny-405"):
            seen.update(verdict.rule for verdict in engine_says(case, pack_id))

    collect()
    expected = {"US-80", "US-88", "US-REST8", "US-REST14", "US-FREE7", "US-CONT24", "US-CALL3", "US-MOON"}
    expected |= {"US-ELECT", "NF-6", "NF-7", "EM-60", "EM-72", "EM-12", "EM-EQ"}
    assert seen >= expected | {"IM-NOAVG", "IM-NF", "NY-80", "NY-FREE"}
