"""The entry is removed, added anew, disabled; people and locks get other names."""

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.leak_checks import live_tasks, live_timers
from tests.harness.fakes.provider import Call, Profile
from tests.harness.restart.crash_harness import CrashHarness
from tests.harness.restart.crash_scenarios import (
    PEOPLE_PRESENT,
    SLOTS,
    pin_is_changed,
    run_scenario,
)
from tests.harness.restart.end_state_checks import SETTLED, wait_until_converged
from tests.harness.restart.instances import (
    ANN,
    BOB,
    BOBS,
    FOREIGN,
    FRONT,
    NEW,
    OLD,
    Storage,
    add_lock,
    add_person,
    entry_of,
    remove,
    running_instance,
    set_enabled,
    site_of,
    subentry,
)

DAYS = 3 * 86400.0

each_showing = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
each_profile = pytest.mark.parametrize(
    "profile", list(Profile), ids=lambda each: each.name.lower()
)

type Happens = Callable[[HomeAssistant, CrashHarness], Awaitable[None]]


def run_scenario_then(profile: Profile, happens: Happens) -> CrashHarness:
    """Let something happen in an instance where Ann has a code on the lock."""
    harness = CrashHarness(profile)

    async def live() -> None:
        await harness.build()
        async with running_instance() as hass:
            await run_scenario(hass, harness, PEOPLE_PRESENT)
            harness.lock.calls.clear()
            await happens(hass, harness)

    with harness.live():
        run_on_virtual_clock(live())
    assert harness.lock.codes[1] == FOREIGN
    return harness


async def add_anew(hass: HomeAssistant) -> None:
    """Add Keyholder once more, with the lock."""
    entry = MockConfigEntry(domain=DOMAIN, title="Anew")
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, title="Home")
    assert await hass.config_entries.async_setup(entry.entry_id)
    add_lock(hass, **SLOTS)


async def disable(hass: HomeAssistant, *, disabled: bool) -> None:
    """Disable the entry, or enable it."""
    by = ConfigEntryDisabler.USER if disabled else None
    await hass.config_entries.async_set_disabled_by(entry_of(hass).entry_id, by)


def ours(harness: CrashHarness) -> Storage:
    """Return what we have stored."""
    return {key: kept for key, kept in harness.disk.items() if key.startswith(DOMAIN)}


# Removed, and added anew


@each_profile
def test_a_removed_entry_leaves_its_codes_and_no_pin_on_disk(profile: Profile) -> None:
    async def happens(hass: HomeAssistant, harness: CrashHarness) -> None:
        await hass.config_entries.async_remove(entry_of(hass).entry_id)
        await asyncio.sleep(DAYS)
        # which slots they are in is kept for a site that is made anew
        assert set(ours(harness)) == {f"{DOMAIN}.removed_sites"}
        assert OLD not in str(harness.disk)
        assert (live_timers(hass), live_tasks(), harness.lock.listeners) == ([], [], 0)

    harness = run_scenario_then(profile, happens)
    assert harness.lock.codes == {1: FOREIGN, 2: OLD}
    assert harness.lock.calls == []


@each_showing
@pytest.mark.parametrize("pin", [NEW, OLD], ids=["another PIN", "the same PIN"])
def test_codes_of_a_removed_entry_are_nobodys_to_the_next(
    profile: Profile, pin: str
) -> None:
    async def happens(hass: HomeAssistant, harness: CrashHarness) -> None:
        await hass.config_entries.async_remove(entry_of(hass).entry_id)
        await add_anew(hass)
        await add_person(hass, ANN, pin)
        await asyncio.sleep(DAYS)
        (lock,) = site_of(hass).locks.values()
        assert list(lock.data.slots) == [3]
        remove(hass, ANN)
        await asyncio.sleep(DAYS)

    harness = run_scenario_then(profile, happens)
    # a code that a readable lock has is not sent, and one that masks refuses it itself
    is_known = profile is Profile.READABLE and pin == OLD
    assert ((Call.WRITE, 3) in harness.lock.calls) is not is_known
    assert not {(Call.WRITE, 2), (Call.CLEAR, 2)} & set(harness.lock.calls)
    assert harness.lock.codes == {1: FOREIGN, 2: OLD}


# Disabled


@each_profile
def test_nothing_is_done_while_the_entry_is_disabled(profile: Profile) -> None:
    async def happens(hass: HomeAssistant, harness: CrashHarness) -> None:
        await disable(hass, disabled=True)
        await asyncio.sleep(5)
        harness.lock.calls.clear()
        stored = ours(harness)
        assert (live_timers(hass), live_tasks(), harness.lock.listeners) == ([], [], 0)
        for _ in range(3):
            # the lock has much to tell, and nobody hears it
            harness.lock.disconnect()
            harness.lock.connect()
            harness.lock.unlock_at_keypad(2)
            await asyncio.sleep(DAYS)
        assert harness.lock.calls == []
        assert ours(harness) == stored
        assert (live_timers(hass), live_tasks(), harness.lock.listeners) == ([], [], 0)

        await disable(hass, disabled=False)
        await asyncio.sleep(0.5)
        await wait_until_converged(hass, harness.lock)
        assert site_of(hass).counters.usage(ANN).uses == 0

    harness = run_scenario_then(profile, happens)
    assert {call for call, _ in harness.lock.calls} <= {Call.PROBE, Call.READ}
    assert harness.lock.codes == {1: FOREIGN, 2: OLD}


@each_profile
@pytest.mark.parametrize("moment", [0.0, 0.05, 0.15, 0.25, 1.0])
@pytest.mark.parametrize("what", ["a PIN is changed", "a person is switched off"])
def test_what_was_under_way_goes_on_when_the_entry_is_enabled_again(
    profile: Profile, what: str, moment: float
) -> None:
    async def happens(hass: HomeAssistant, harness: CrashHarness) -> None:
        if what == "a PIN is changed":
            await pin_is_changed(hass, harness)
        else:
            set_enabled(hass, enabled=False)
        await asyncio.sleep(moment)
        await disable(hass, disabled=True)
        await asyncio.sleep(DAYS)
        await disable(hass, disabled=False)
        await asyncio.sleep(0.5)
        await wait_until_converged(hass, harness.lock)

    harness = run_scenario_then(profile, happens)
    left = {2: NEW} if what == "a PIN is changed" else {}
    assert harness.lock.codes == {1: FOREIGN, **left}


@each_profile
def test_a_start_with_a_disabled_entry_does_not_touch_the_lock(
    profile: Profile,
) -> None:
    harness = CrashHarness(profile)

    async def live() -> None:
        await harness.build()
        async with running_instance() as first:
            await run_scenario(first, harness, PEOPLE_PRESENT)
            set_enabled(first, enabled=False)
            await disable(first, disabled=True)
            await asyncio.sleep(5)
            await first.async_stop(force=True)
        harness.lock.calls.clear()
        async with running_instance(enabled=False) as second:
            await asyncio.sleep(DAYS)
            assert harness.lock.calls == []
            assert (live_timers(second), harness.lock.listeners) == ([], 0)
            await disable(second, disabled=False)
            await asyncio.sleep(0.5)
            await wait_until_converged(second, harness.lock)

    with harness.live():
        run_on_virtual_clock(live())
    assert harness.lock.codes == {1: FOREIGN}


# Other names


@each_profile
@pytest.mark.parametrize("moment", [0.0, 0.15, 0.35, 1.5])
def test_a_lock_that_is_renamed_amid_the_work_is_the_same_lock(
    profile: Profile, moment: float
) -> None:
    async def happens(hass: HomeAssistant, harness: CrashHarness) -> None:
        await pin_is_changed(hass, harness)
        await asyncio.sleep(moment)
        registry = er.async_get(hass)
        registry.async_update_entity("lock.front", new_entity_id="lock.main_door")
        await add_person(hass, BOB, BOBS)
        await asyncio.sleep(0.5)
        await wait_until_converged(hass, harness.lock)
        assert await hass.config_entries.async_reload(entry_of(hass).entry_id)
        await wait_until_converged(hass, harness.lock)

    harness = run_scenario_then(profile, happens)
    assert harness.lock.codes == {1: FOREIGN, 2: NEW, 3: BOBS}
    if profile is not Profile.WRITE_ONLY:
        # that one shows nothing, so what could be undone late is done once more
        assert [call for call, _ in harness.lock.calls].count(Call.WRITE) == 2


@each_profile
@pytest.mark.parametrize("moment", [0.0, 0.15, 0.35, 1.5])
def test_who_is_renamed_amid_the_work_keeps_slot_and_code(
    profile: Profile, moment: float
) -> None:
    async def happens(hass: HomeAssistant, harness: CrashHarness) -> None:
        await pin_is_changed(hass, harness)
        await asyncio.sleep(moment)
        for title, unique_id in (("Anna", ANN), ("Main door", FRONT)):
            hass.config_entries.async_update_subentry(
                entry_of(hass), subentry(hass, unique_id), title=title
            )
        await asyncio.sleep(0.5)
        await wait_until_converged(hass, harness.lock)
        (lock,) = site_of(hass).locks.values()
        (view,) = lock.data.slots.values()
        assert (lock.data.name, view.person_name) == ("Main door", "Anna")
        assert view.state in SETTLED

    harness = run_scenario_then(profile, happens)
    assert harness.lock.codes == {1: FOREIGN, 2: NEW}
