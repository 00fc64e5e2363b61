"""The power goes while a lock learns when a code may be used: it is never used else."""

from datetime import UTC, datetime
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.logic.native_schedule import native_schedule
from custom_components.keyholder.model.access_rules import UNRESTRICTED_RULE, AccessRule
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    LockSchedule,
    ScheduleSupport,
)
from tests.harness.fakes.provider import Profile
from tests.harness.restart.crash_harness import CrashHarness, PowerCut
from tests.harness.restart.crash_scenarios import (
    CrashScenario,
    lock_is_added,
    pin_is_changed,
)
from tests.harness.restart.instances import ANN, NEW, OLD, add_person, set_rule
from tests.harness.restart.power_cuts import aftermaths_of, power_cuts_of, recover
from tests.harness.sampling import PATIENCE, sample

pytestmark = pytest.mark.timeout(PATIENCE)

SUPPORT: Final = ScheduleSupport(year_days=1)
LONG: Final = AccessRule(valid_until=datetime(2026, 9, 1, 10, tzinfo=UTC))
SHORT: Final = AccessRule(valid_until=datetime(2026, 4, 1, 10, tzinfo=UTC))


async def ann_is_added(hass: HomeAssistant, _world: CrashHarness) -> None:
    await add_person(hass, ANN, OLD, LONG)


async def ann_needs_a_code_first(hass: HomeAssistant, harness: CrashHarness) -> None:
    harness.lock.faults.limits_need_code = True
    await ann_is_added(hass, harness)


async def rule_is_narrowed(hass: HomeAssistant, _world: CrashHarness) -> None:
    set_rule(hass, SHORT)


async def rule_is_lifted(hass: HomeAssistant, _world: CrashHarness) -> None:
    set_rule(hass, UNRESTRICTED_RULE)


HOME: Final = (lock_is_added, ann_is_added)
SCENARIOS: Final = [
    (
        CrashScenario(name="added", before=(lock_is_added,), happens=ann_is_added),
        (LONG,),
    ),
    (
        CrashScenario(
            name="off first", before=(lock_is_added,), happens=ann_needs_a_code_first
        ),
        (LONG,),
    ),
    (
        CrashScenario(name="narrowed", before=HOME, happens=rule_is_narrowed),
        (LONG, SHORT),
    ),
    (
        CrashScenario(name="lifted", before=HOME, happens=rule_is_lifted),
        (LONG, UNRESTRICTED_RULE),
    ),
    (CrashScenario(name="new PIN", before=HOME, happens=pin_is_changed), (LONG,)),
]


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
@pytest.mark.parametrize(
    ("scenario", "rules"), SCENARIOS, ids=[scenario.name for scenario, _ in SCENARIOS]
)
def test_no_power_cut_leaves_a_code_that_works_at_other_times(
    scenario: CrashScenario, rules: tuple[AccessRule, ...], profile: Profile
) -> None:
    cuts = power_cuts_of(scenario, profile, SUPPORT)
    assert len(cuts) > 5
    judge(cuts, rules)
    for cut in sample(cuts, 3):
        for aftermath in aftermaths_of(cut):
            after = recover(profile, cut, aftermath, SUPPORT)
            judge(after, rules)
            judge_the_end(after[-1], rules)


def judge(cuts: list[PowerCut], rules: tuple[AccessRule, ...]) -> None:
    """See that a code of Ann's was at no instant live under other limits."""
    allowed = [limits_of(rule) for rule in rules]
    for cut in cuts:
        for slot, held in cut.held.items():
            if held.code in (OLD, NEW) and held.enabled:
                assert cut.limits.get(slot, NO_SCHEDULE) in allowed


def judge_the_end(cut: PowerCut, rules: tuple[AccessRule, ...]) -> None:
    """See that what is on the lock is under one rule, and that of what is stored."""
    stored = str(cut.stored["core.config_entries"])
    slots = [slot for slot, held in cut.held.items() if held.code in (OLD, NEW)]
    assert bool(slots) is (ANN in stored)
    rule = next(
        (rule for rule in rules if not rule.is_unrestricted and _until(rule) in stored),
        UNRESTRICTED_RULE,
    )
    for slot in slots:
        assert cut.limits.get(slot, NO_SCHEDULE) == limits_of(rule)


def _until(rule: AccessRule) -> str:
    assert rule.valid_until is not None
    return rule.valid_until.isoformat()


def limits_of(rule: AccessRule) -> LockSchedule:
    zone = dt_util.get_time_zone("US/Pacific")
    assert zone is not None
    return native_schedule(rule, SUPPORT, zone).schedule or NO_SCHEDULE
