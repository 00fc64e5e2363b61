"""A download of a site that uses all there is: autolock, rules, limits, locks in trouble."""

from dataclasses import replace
from datetime import UTC, datetime
import json
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.keyholder.const import SUBENTRY_LOCK
from custom_components.keyholder.model.access_rules import (
    AccessRule,
    RuleCondition,
    ScheduleSource,
)
from custom_components.keyholder.model.credential import CredentialRef, LockId
from custom_components.keyholder.model.journal import LockJournalEntry
from custom_components.keyholder.model.lock_schedule import ScheduleSupport
from custom_components.keyholder.model.slot import DesiredState, SlotRecord, Target
from custom_components.keyholder.runtime.site.autolock_serialization import (
    subentry_data_with_autolock,
)
from custom_components.keyholder.runtime.site.site import Site
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person, set_rule
from tests.harness.site.states import wait_until_in_sync
from tests.harness.waiting import wait_for

PINS = ("907153", "904862", "908888")
TYPED = (
    *("Anna", "Bert", "Dora", "Front door", "Garage", "Shed", "Home"),
    *("garage_leaf", "cleaning", "Spring clean", "kitchen_window", "ajar"),
)
"""Names of people, locks and entities, and what somebody typed."""
STAY = AccessRule(
    valid_from=datetime(2026, 3, 1, 12, tzinfo=UTC),
    valid_until=datetime(2090, 3, 8, 12, tzinfo=UTC),
    use_limit=5,
)
CLEANING = AccessRule(
    source=ScheduleSource(entity="calendar.cleaning", text="Spring clean"),
    conditions=(RuleCondition(entity="sensor.kitchen_window", state="ajar"),),
)


async def test_a_download_of_a_full_site_has_no_secret_and_no_name(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
) -> None:
    front = fake_locks.add(
        "Front door", FakeProvider(schedules=ScheduleSupport(year_days=1))
    )
    garage = fake_locks.add("Garage", FakeProvider(slots=1, codes={1: "908888"}))
    shed = fake_locks.add("Shed", FakeProvider(connected=False))
    settings = await add_lock(hass, site, front)
    anna = await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    set_rule(hass, site, anna, STAY)
    await wait_until_in_sync(hass, site)
    site_of_it: Site = site.runtime_data.site
    site_of_it.journal.async_save_entry(
        _with_somebody_half_set_up(site_of_it.locks[front.id].journal_entry)
    )
    await hass.config_entries.async_reload(site.entry_id)
    site_of_it = site.runtime_data.site
    autolock = {
        "enabled": True,
        "night_begin": "22:00:00",
        "night_end": "06:00:00",
        "door_sensor": "binary_sensor.garage_leaf",
        "people_minutes": {anna.unique_id: 7},
        "methods_minutes": {"keypad": 3, "manual": 1440},
    }
    hass.config_entries.async_update_subentry(
        site, settings, data=subentry_data_with_autolock(settings, **autolock)
    )
    hass.config_entries.async_add_subentry(site, _unseen_lock(shed.id))
    bert = await add_person(hass, site, "Bert", "904862", [front])
    set_rule(hass, site, bert, CLEANING)
    hass.config_entries.async_add_subentry(site, _unseen_lock(garage.id, "Garage"))
    await wait_for(lambda: any(site_of_it.locks[garage.id].data.unassigned.values()))
    await hass.async_block_till_done()

    assert await async_setup_component(hass, "diagnostics", {})
    downloaded: dict[str, Any] = await get_diagnostics_for_config_entry(
        hass, hass_client, site
    )

    text = json.dumps(downloaded)
    assert not [word for word in (*PINS, *TYPED) if word.casefold() in text.casefold()]
    assert not [part for part in (front.id, anna.unique_id) if str(part) in text]
    in_front, in_shed, in_garage = downloaded["locks"]
    assert in_front["autolock"]["per_method"] == {"keypad": 180.0, "manual": 86400.0}
    assert in_front["autolock"]["per_person"] == 1
    assert in_front["autolock"]["night_hours"] is True
    assert in_front["autolock"]["door_sensor"] is True
    assert in_front["capabilities"]["schedules"] == {
        "week_days": 0,
        "daily": 0,
        "year_days": 1,
        "trusts_clock": False,
    }
    annas = in_front["records"]["1"]
    assert annas["person"] == "person 1"
    stay = {"week_days": 0, "daily": 0, "year_days": 1}
    assert annas["schedule"] == {"requested": stay, "in_force": stay, "rejected": None}
    unsaved = in_front["records"]["9"]
    assert (unsaved["person"], unsaved["owner_saved"]) == ("person 3", False)
    assert in_shed["capabilities"] is None
    assert in_shed["reachable"] is False
    assert in_garage["unassigned"] == {"person 1": "no_free_slot"}
    assert downloaded["people"]["person 2"]["rule"]["has_source"] is True
    assert downloaded["people"]["person 2"]["rule"]["conditions"] == 1
    assert downloaded["people"]["person 1"]["rule"]["use_limit"] == 5


def _with_somebody_half_set_up(page: LockJournalEntry) -> LockJournalEntry:
    """Return the page with a code of somebody whom Home Assistant did not save."""
    record = SlotRecord(
        slot=9,
        credential=CredentialRef("person-dora"),
        person_name="Dora",
        target=Target(DesiredState.PRESENT, 1),
    )
    return replace(page, records={**page.records, 9: record})


def _unseen_lock(lock: LockId, title: str = "Shed") -> ConfigSubentry:
    """Return a lock that is managed without having been asked what it can do."""
    return ConfigSubentry(
        data=MappingProxyType({"lock": lock, "first_slot": None, "last_slot": None}),
        subentry_type=SUBENTRY_LOCK,
        title=title,
        unique_id=f"lock_{lock}",
    )
