"""The disk is full from any instant of a scenario on, and works again later."""

import asyncio
from contextlib import suppress
from functools import cache

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.runtime.storage.durable_store import StorageError
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.fakes.provider import Profile
from tests.harness.restart.crash_harness import CrashHarness
from tests.harness.restart.crash_scenarios import (
    CRASH_SCENARIOS,
    PEOPLE_PRESENT,
    CrashScenario,
    pin_is_changed,
    removed_lock_is_cleared,
    run_scenario,
)
from tests.harness.restart.end_state_checks import (
    end_state_problems,
    wait_until_converged,
)
from tests.harness.restart.instances import (
    ANN,
    FOREIGN,
    OLD,
    entry_of,
    running_instance,
    set_enabled,
    site_of,
)
from tests.harness.restart.power_cuts import part_of, power_cuts_of
from tests.harness.sampling import PATIENCE, sample_share

pytestmark = pytest.mark.timeout(PATIENCE)

FULL_FOR = 1200.0
CHECKED = 3 * 3600.0
"""Seconds until every slot was looked at, and what was missing was put back."""

MANAGED = [
    scenario
    for scenario in CRASH_SCENARIOS
    if scenario.happens is not removed_lock_is_cleared
]
"""Nobody looks at a lock that is not managed; its repair offers to clear once more."""

each_profile = pytest.mark.parametrize(
    "profile", list(Profile), ids=lambda each: each.name.lower()
)
each_scenario = pytest.mark.parametrize(
    "scenario", CRASH_SCENARIOS, ids=[each.name for each in CRASH_SCENARIOS]
)


@cache
def moments(scenario: CrashScenario, profile: Profile) -> list[float]:
    """Return when something happens in a scenario, in seconds."""
    return sample_share(
        sorted({cut.at for cut in power_cuts_of(scenario, profile)}), part_of(profile)
    )


def unbacked(harness: CrashHarness) -> list[str]:
    """Return codes that are on their way to the lock and that the disk knows nothing of.

    The secret has to be there, and that it is wanted in that slot.
    """
    kept = {key.rsplit(".")[-1]: value["data"] for key, value in harness.disk.items()}
    wanted = {
        (record["slot"], record["credential"]["person"], record["target"]["revision"])
        for page in kept.get("slots", {"locks": []})["locks"]
        for record in page["records"].values()
        if record["target"]["desired"] == "present"
    }
    known = {
        (slot, secret["revisions"].get(str(revision)))
        for secret in kept.get("secrets", {"credentials": []})["credentials"]
        for slot, person, revision in wanted
        if secret["person"] == person
    }
    return [
        f"slot {sent.slot}"
        for sent in harness.lock.in_flight
        if sent.code is not None
        and sent.on is not False
        and (sent.slot, sent.code) not in known
    ]


async def happen(
    hass: HomeAssistant, harness: CrashHarness, scenario: CrashScenario, at: float
) -> None:
    """Let a scenario happen while the disk gets full."""
    found: list[str] = []
    harness.lock.on_change = lambda: found.extend(unbacked(harness))
    loop = asyncio.get_running_loop()
    filling = loop.call_at(at, lambda: setattr(harness.disk, "full", True))
    with suppress(StorageError):  # as its dialog would say
        await scenario.happens(hass, harness)
    await asyncio.sleep(FULL_FOR)
    filling.cancel()
    harness.lock.on_change = lambda: None
    assert found == []
    assert not unwelcome(hass, harness)


def unwelcome(hass: HomeAssistant, harness: CrashHarness) -> set[str]:
    """Return codes that nobody wants on the lock any more, whatever the disk says."""
    site = site_of(hass)
    if not site.locks:
        return set()
    vault = site.vault
    wanted = {
        pin.reveal()
        for ref in vault.revisions
        if (person := site.people.get(ref.person)) and site.rules.allows(person)
        for pin in vault.pins(ref).values()
    }
    return set(harness.lock.live.values()) - wanted - {FOREIGN}


@each_profile
@each_scenario
def test_a_full_disk_lets_codes_be_cleared_and_none_written(
    scenario: CrashScenario, profile: Profile
) -> None:
    for at in moments(scenario, profile):
        harness = CrashHarness(profile, switches=scenario.switches)

        async def live(at: float = at, harness: CrashHarness = harness) -> None:
            await harness.build()
            async with running_instance() as hass:
                await run_scenario(hass, harness, scenario.before)
                await happen(hass, harness, scenario, at)
                harness.disk.full = False
                # Home Assistant does not try again before something else changes
                hass.config_entries.async_update_entry(entry_of(hass), title="Again")
                await wait_until_converged(hass, harness.lock)

        with harness.live():
            run_on_virtual_clock(live())


@pytest.mark.parametrize(
    "profile", [Profile.READABLE, Profile.MASKING], ids=["readable", "masking"]
)
@pytest.mark.parametrize("scenario", MANAGED, ids=[each.name for each in MANAGED])
def test_what_was_done_and_is_on_no_disk_is_found_after_a_stop(
    scenario: CrashScenario, profile: Profile
) -> None:
    """Codes were taken away, and nobody could note it: the checks find that."""
    for at in moments(scenario, profile):
        harness = CrashHarness(profile, switches=scenario.switches)

        async def live(at: float = at, harness: CrashHarness = harness) -> None:
            await harness.build()
            async with running_instance() as hass:
                await run_scenario(hass, harness, scenario.before)
                await happen(hass, harness, scenario, at)
                harness.disk.full = True
                await hass.async_stop(force=True)
            harness.disk.full = False
            async with running_instance() as second:
                await asyncio.sleep(CHECKED)
                assert end_state_problems(second, harness.lock) == []

        with harness.live():
            run_on_virtual_clock(live())


@each_profile
def test_a_repair_says_that_the_disk_is_full_until_it_works(profile: Profile) -> None:
    harness = CrashHarness(profile)

    def kinds(hass: HomeAssistant) -> set[str | None]:
        issues = ir.async_get(hass).issues.values()
        return {each.translation_key for each in issues if each.domain == DOMAIN}

    async def live() -> None:
        await harness.build()
        async with running_instance() as hass:
            await run_scenario(hass, harness, PEOPLE_PRESENT)
            harness.disk.full = True
            with pytest.raises(StorageError):
                await pin_is_changed(hass, harness)
            set_enabled(hass, enabled=False)
            await asyncio.sleep(60)
            assert harness.lock.codes == {1: FOREIGN}
            assert kinds(hass) == {"storage_failed"}
            # the disk says of old that Ann is to have this code in this slot
            set_enabled(hass, enabled=True)
            await asyncio.sleep(FULL_FOR)
            assert harness.lock.codes == {1: FOREIGN, 2: OLD}
            assert kinds(hass) == {"storage_failed"}
            harness.disk.full = False
            await asyncio.sleep(90)
            assert kinds(hass) == set()
            assert harness.lock.codes == {1: FOREIGN, 2: OLD}
            assert site_of(hass).people[ANN].enabled

    with harness.live():
        run_on_virtual_clock(live())
