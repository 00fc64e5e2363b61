"""What a user sends when they ask for help: enough to help, and nobody's secret."""

from collections.abc import Iterator
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.provider_io import ConfigurationHint
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.site.expected_texts import translations
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import wait_for_state, wait_until_in_sync

PINS = ("907153", "904862", "904444", "908888")
NAMES = ("Anna", "Bert", "Front door", "Garage", "Home")


async def test_a_download_has_the_state_and_neither_pins_nor_names(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    snapshot: SnapshotAssertion,
) -> None:
    await _troubled_house(hass, site, fake_locks)

    downloaded = await _download(hass, hass_client, site)

    text = json.dumps(downloaded)
    assert not [secret for secret in (*PINS, *NAMES) if secret in text]
    assert not [pin for pin in PINS if pin[-4:] in _digits(downloaded)]
    downloaded.pop("timing")
    assert downloaded["journal"].pop("commits") > 0
    for lock in downloaded["locks"]:
        lock.pop("expected_reports")  # they end while the test runs
    assert _without_times(downloaded) == snapshot


async def test_a_download_has_the_state_of_autolock_and_names_nobody(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    hass.states.async_set(front.entity_id, "unlocked")
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": "switch.front_door_autolock"}, blocking=True
    )
    await hass.async_block_till_done()

    downloaded = (await _download(hass, hass_client, site))["locks"][0]["autolock"]

    timer = downloaded.pop("timer")
    assert timer.pop("deadline") > dt_util.utcnow().isoformat()
    assert timer.pop("duration") in (downloaded["day"], downloaded["night"])
    assert timer == {
        "reason": "switched_on",
        "attempt": 0,
        "operated_at": None,
        "running": True,
    }
    assert downloaded == {
        "enabled": True,
        "day": 300.0,
        "night": 120.0,
        "night_hours": False,
        "per_person": 0,
        "per_method": {},
        "door_sensor": False,
        "unknown_door": "wait",
        "close_delay": 10.0,
        "lock_when_closed": False,
        "position": "unlocked",
        "door": "not_watched",
    }


async def test_a_download_has_the_advice_for_a_lock(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
) -> None:
    provider = FakeProvider(Profile.MASKING)
    provider.learn(advice=ConfigurationHint.SHOW_CODES)
    await add_lock(hass, site, fake_locks.add("Front door", provider))
    await wait_until_in_sync(hass, site)

    downloaded = await _download(hass, hass_client, site)

    assert (
        downloaded["locks"][0]["capabilities"]["configuration_hint"] == "codes_hidden"
    )


async def test_people_have_the_same_numbers_in_every_download(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
) -> None:
    await _troubled_house(hass, site, fake_locks)

    first = await _download(hass, hass_client, site)
    await hass.config_entries.async_reload(site.entry_id)
    await hass.async_block_till_done()
    second = await _download(hass, hass_client, site)

    assert _people(first) == _people(second)


async def test_system_health_counts_what_there_is(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    await add_lock(hass, site, fake_locks.add("Front door"))
    away = fake_locks.add("Garage")
    await add_lock(hass, site, away)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    fake_locks.provider(away).disconnect()
    await hass.async_block_till_done()
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()

    info = await get_system_health_info(hass, DOMAIN)

    assert info == {
        "version": info["version"],
        "sites": 1,
        "people": 1,
        "locks": 2,
        "locks_reachable": 1,
        "locks_with_problem": 0,
        "technologies": "fake_lock: 2",
    }
    assert info.keys() == translations()["system_health"]["info"].keys()


async def _troubled_house(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """A code in place, one that is dropped, and one that somebody else put there."""
    front = fake_locks.add("Front door", FakeProvider(codes={1: "904444"}))
    garage = fake_locks.add("Garage", FakeProvider(Profile.MASKING))
    fake_locks.provider(garage).faults.drop_writes = True
    await add_lock(hass, site, front)
    await add_lock(hass, site, garage)
    await add_person(hass, site, "Anna", "907153", [front])
    await add_person(hass, site, "Bert", "904862", [garage])
    await wait_for_state(hass, "sensor.anna_code_on_front_door", "in_sync")
    await wait_for_state(hass, "sensor.bert_code_on_garage", "suspended")
    await hass.async_block_till_done()


async def _download(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, site: MockConfigEntry
) -> dict[str, Any]:
    assert await async_setup_component(hass, "diagnostics", {})
    downloaded: dict[str, Any] = await get_diagnostics_for_config_entry(
        hass, hass_client, site
    )
    return downloaded


def _people(downloaded: dict[str, Any]) -> dict[str, list[str]]:
    return {
        slot: [record["person"], record["desired"]]
        for lock in downloaded["locks"]
        for slot, record in lock["records"].items()
    }


def _digits(downloaded: object) -> Iterator[str]:
    """Return every text and number in it that is no time."""
    match downloaded:
        case dict():
            for value in downloaded.values():
                yield from _digits(value)
        case list():
            for value in downloaded:
                yield from _digits(value)
        case str() if "T" not in downloaded:
            yield downloaded
        case int():
            yield str(downloaded)


def _without_times(downloaded: Any) -> Any:
    match downloaded:
        case dict():
            return {key: _without_times(value) for key, value in downloaded.items()}
        case list():
            return [_without_times(value) for value in downloaded]
        case str() if downloaded[:2] == "20" and "T" in downloaded:
            return "a time"
    return downloaded
