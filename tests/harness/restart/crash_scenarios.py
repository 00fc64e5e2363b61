"""What happens in a site while the power may go at any moment, for power_cuts.py."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.access_rules import (
    UNRESTRICTED_RULE,
    AccessRule,
    Mode,
    Weekday,
    WeeklySchedule,
    Window,
)
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.model.slot_events import ResumeChoice, UserResumed
from tests.harness.restart.crash_harness import CrashHarness
from tests.harness.restart.end_state_checks import wait_until_converged
from tests.harness.restart.instances import (
    ANN,
    BOB,
    BOBS,
    FRONT,
    NEW,
    OLD,
    add_lock,
    add_person,
    entry_of,
    remove,
    set_enabled,
    set_rule,
    site_of,
    subentry,
)

type Part = Callable[[HomeAssistant, CrashHarness], Awaitable[None]]

SLOTS: Final = {"first_slot": 2, "last_slot": 9}
HOURS: Final = AccessRule(
    weekly=WeeklySchedule((Window(frozenset(Weekday), 10, 40),), Mode.EXCLUDE)
)
REGISTRIES: Final = 15.0
"""Seconds after which Home Assistant has saved all its registries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrashScenario:
    """What was so before, and what happens. `name` finishes “the power goes while”.

    `switches`: on a lock that can switch codes off.
    """

    name: str
    before: tuple[Part, ...]
    happens: Part
    switches: bool = False


async def run_scenario(
    hass: HomeAssistant, harness: CrashHarness, parts: tuple[Part, ...]
) -> None:
    """Let parts of a scenario happen one after the other, each to its end."""
    for part in parts:
        await part(hass, harness)
        # the configuration is followed a moment later
        await asyncio.sleep(0.5)
        await wait_until_converged(hass, harness.lock, REGISTRIES)


async def lock_is_added(hass: HomeAssistant, _world: CrashHarness) -> None:
    add_lock(hass, **SLOTS)


async def small_lock_is_added(hass: HomeAssistant, _world: CrashHarness) -> None:
    add_lock(hass, first_slot=2, last_slot=2)


async def ann_is_added(hass: HomeAssistant, _world: CrashHarness) -> None:
    await add_person(hass, ANN, OLD)


async def both_are_added(hass: HomeAssistant, _world: CrashHarness) -> None:
    await asyncio.gather(add_person(hass, ANN, OLD), add_person(hass, BOB, BOBS))


async def all_is_added(hass: HomeAssistant, harness: CrashHarness) -> None:
    await lock_is_added(hass, harness)
    await ann_is_added(hass, harness)


async def pin_is_changed(hass: HomeAssistant, _world: CrashHarness) -> None:
    await site_of(hass).async_set_pin(ANN, Pin(NEW))


async def ann_is_switched_off(hass: HomeAssistant, _world: CrashHarness) -> None:
    set_enabled(hass, enabled=False)


async def ann_is_switched_on(hass: HomeAssistant, _world: CrashHarness) -> None:
    set_enabled(hass, enabled=True)


async def ann_has_hours(hass: HomeAssistant, _world: CrashHarness) -> None:
    """She may not come in from ten minutes past the start of all on, for half an hour."""
    set_rule(hass, HOURS)


async def hours_turn(hass: HomeAssistant, _world: CrashHarness) -> None:
    """Time passes until Ann may come in, or may not."""
    site = site_of(hass)
    turns_at = site.rules.result(site.people[ANN]).next_change
    assert turns_at is not None
    await asyncio.sleep((turns_at - dt_util.utcnow()).total_seconds())


async def hours_are_lifted(hass: HomeAssistant, _world: CrashHarness) -> None:
    set_rule(hass, UNRESTRICTED_RULE)


async def hours_turn_and_are_lifted(hass: HomeAssistant, harness: CrashHarness) -> None:
    """She may come in again while her code is being switched off."""
    await hours_turn(hass, harness)
    await asyncio.sleep(0.15)
    await hours_are_lifted(hass, harness)


async def ann_is_deleted(hass: HomeAssistant, _world: CrashHarness) -> None:
    remove(hass, ANN)


async def ann_is_deleted_among_others(
    hass: HomeAssistant, _world: CrashHarness
) -> None:
    """Home Assistant puts off saving its entries while they change."""
    remove(hass, ANN)
    for _ in range(6):
        await asyncio.sleep(0.7)
        hass.config_entries.async_update_entry(
            entry_of(hass), title=f"{entry_of(hass).title}!"
        )


async def ann_leaves(hass: HomeAssistant, _world: CrashHarness) -> None:
    site_of(hass).removals.async_begin(subentry(hass, ANN).subentry_id)


async def lock_is_deleted(hass: HomeAssistant, _world: CrashHarness) -> None:
    remove(hass, FRONT)


async def lock_leaves(hass: HomeAssistant, _world: CrashHarness) -> None:
    site_of(hass).removals.async_begin(subentry(hass, FRONT).subentry_id)


async def removed_lock_is_cleared(hass: HomeAssistant, _world: CrashHarness) -> None:
    (lock,) = site_of(hass).journal.entries
    await site_of(hass).async_clear_removed_lock(lock)


async def code_is_refused(hass: HomeAssistant, harness: CrashHarness) -> None:
    harness.lock.faults.refuse = Reason.REJECTED
    await ann_is_added(hass, harness)


async def slot_is_resumed(hass: HomeAssistant, harness: CrashHarness) -> None:
    harness.lock.faults.refuse = None
    (lock,) = site_of(hass).locks.values()
    lock.slots.async_dispatch(2, UserResumed(ResumeChoice.RETRY))


async def bob_takes_anns_slot(hass: HomeAssistant, harness: CrashHarness) -> None:
    harness.lock.faults.lost_answers = 1
    remove(hass, ANN)
    await asyncio.sleep(0.3)
    await add_person(hass, BOB, BOBS)


async def lock_is_away_at_the_stop(hass: HomeAssistant, harness: CrashHarness) -> None:
    harness.lock.disconnect()
    await pin_is_changed(hass, harness)
    await add_person(hass, BOB, BOBS)
    await asyncio.sleep(REGISTRIES)
    assert await hass.config_entries.async_reload(entry_of(hass).entry_id)
    harness.lock.connect()


async def lock_is_back_after_the_stop(
    hass: HomeAssistant, harness: CrashHarness
) -> None:
    harness.lock.connect()


PEOPLE_PRESENT: Final = (lock_is_added, ann_is_added)
WITH_HOURS: Final = (*PEOPLE_PRESENT, ann_has_hours)
CRASH_SCENARIOS: Final = [
    CrashScenario(
        name="the lock and the first person are added", before=(), happens=all_is_added
    ),
    CrashScenario(
        name="a person is added", before=(lock_is_added,), happens=ann_is_added
    ),
    CrashScenario(
        name="two are added at once", before=(lock_is_added,), happens=both_are_added
    ),
    CrashScenario(
        name="a PIN is changed", before=PEOPLE_PRESENT, happens=pin_is_changed
    ),
    CrashScenario(
        name="a person is switched off",
        before=PEOPLE_PRESENT,
        happens=ann_is_switched_off,
    ),
    CrashScenario(
        name="a person is switched on",
        before=(*PEOPLE_PRESENT, ann_is_switched_off),
        happens=ann_is_switched_on,
    ),
    CrashScenario(
        name="a person is deleted", before=PEOPLE_PRESENT, happens=ann_is_deleted
    ),
    CrashScenario(
        name="a person is deleted, and more is changed",
        before=PEOPLE_PRESENT,
        happens=ann_is_deleted_among_others,
    ),
    CrashScenario(
        name="a person is cleared, then removed",
        before=PEOPLE_PRESENT,
        happens=ann_leaves,
    ),
    CrashScenario(
        name="a lock is deleted, codes stay",
        before=PEOPLE_PRESENT,
        happens=lock_is_deleted,
    ),
    CrashScenario(
        name="a lock is cleared, then removed",
        before=PEOPLE_PRESENT,
        happens=lock_leaves,
    ),
    CrashScenario(
        name="a deleted lock is cleared",
        before=(*PEOPLE_PRESENT, lock_is_deleted),
        happens=removed_lock_is_cleared,
    ),
    CrashScenario(
        name="a refused code is tried again",
        before=(lock_is_added, code_is_refused),
        happens=slot_is_resumed,
    ),
    CrashScenario(
        name="a slot goes from one person to another",
        before=(small_lock_is_added, ann_is_added),
        happens=bob_takes_anns_slot,
    ),
    CrashScenario(
        name="a lock is back that was away at the stop",
        before=PEOPLE_PRESENT,
        happens=lock_is_away_at_the_stop,
    ),
    CrashScenario(
        name="a code is switched off",
        before=WITH_HOURS,
        happens=hours_turn,
        switches=True,
    ),
    CrashScenario(
        name="a code is switched on",
        before=(*WITH_HOURS, hours_turn),
        happens=hours_turn,
        switches=True,
    ),
    CrashScenario(
        name="a code is switched off, and wanted again",
        before=WITH_HOURS,
        happens=hours_turn_and_are_lifted,
        switches=True,
    ),
    CrashScenario(
        name="a person is switched off whose code is off",
        before=(*WITH_HOURS, hours_turn),
        happens=ann_is_switched_off,
        switches=True,
    ),
    CrashScenario(
        name="a person is deleted whose code is off",
        before=(*WITH_HOURS, hours_turn),
        happens=ann_is_deleted,
        switches=True,
    ),
    CrashScenario(
        name="a PIN is changed whose code is off",
        before=(*WITH_HOURS, hours_turn),
        happens=pin_is_changed,
        switches=True,
    ),
]
