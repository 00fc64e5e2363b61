"""Every case of the tables, whatever zone the process is in."""

from collections.abc import Iterator
import time
from zoneinfo import ZoneInfo

import pytest

from custom_components.keyholder.logic.access_rules import evaluate_rule
from tests.unit.logic.access_rules import (
    answer_cases,
    clock_cases,
    rule_cases,
    weekly_cases,
    zone_cases,
)
from tests.unit.logic.access_rules.case import Case, moment

TABLES = (
    weekly_cases.TABLES
    | clock_cases.TABLES
    | zone_cases.TABLES
    | answer_cases.TABLES
    | rule_cases.TABLES
)


@pytest.fixture(params=["UTC", "America/St_Johns", "Pacific/Kiritimati"])
def process_zone(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Put the process into a zone that is not that of the site."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{table}: {case.says}")
        for table, cases in TABLES.items()
        for case in cases
    ],
)
@pytest.mark.usefixtures("process_zone")
def test_what_a_rule_says_at_a_moment(case: Case) -> None:
    verdict = evaluate_rule(
        case.rule, case.facts, moment(case.at, case.zone), ZoneInfo(case.zone)
    )
    then = None if case.then is None else moment(case.then, case.zone)
    assert (verdict.denied_by, verdict.next_change) == (case.hold, then)
    assert verdict.allows is (case.hold is None)


def test_the_process_can_be_in_another_zone(process_zone: str) -> None:
    """Without this the cases above could all run in one zone."""
    offsets = {"UTC": 0, "America/St_Johns": -12600, "Pacific/Kiritimati": 50400}
    assert time.localtime(1767600000).tm_gmtoff == offsets[process_zone]
