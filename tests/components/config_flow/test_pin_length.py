"""The length of PINs that the owner enters for a lock. Clause 16.16."""

from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.model.pin_lengths import PinLengths
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    choose,
    start,
    start_reconfigure,
    submit,
    suggested,
)
from tests.harness.waiting import wait_for


async def add_person(
    hass: HomeAssistant, site: MockConfigEntry, name: str = "Ann", **values: Any
) -> SubentryFlowResult:
    form = await start(hass, site, "person")
    return await submit(hass, form, name=name, all_locks=True, enabled=True, **values)


async def generated_pin(
    hass: HomeAssistant, site: MockConfigEntry, name: str = "Ann"
) -> str:
    last = await add_person(hass, site, name)
    assert last["step_id"] == "generated", last.get("errors")
    pin: str = (last["description_placeholders"] or {})["pin"]
    return pin


def lengths_shown(hass: HomeAssistant) -> str | None:
    """Return the lengths that the lock's sensor shows, None while none are known."""
    state = hass.states.get("sensor.front_door_credentials")
    shown = None if state is None else state.attributes["capabilities"]
    if shown is None:
        return None
    return str(PinLengths(shown["pin_min_length"], shown["pin_max_length"]))


@pytest.mark.parametrize(("entered", "stored"), [("5", "5"), (" 8 – 12 ", "8-12")])
async def test_it_goes_before_what_the_lock_reports(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    entered: str,
    stored: str,
) -> None:
    front = fake_locks.add("Front door", FakeProvider(pin_lengths=(6, 7)))

    subentry = await add_lock(hass, site, front, pin_lengths=entered)

    assert subentry.data["pin_lengths"] == stored
    await wait_for(lambda: lengths_shown(hass) is not None)
    assert lengths_shown(hass) == stored
    refused = await add_person(hass, site, pin="907153")
    assert list(refused["errors"] or {}) == ["pin"]
    placeholders = refused["description_placeholders"] or {}
    assert placeholders["lock"] == "Front door"
    assert placeholders["lock_lengths"] == stored
    shortest = int(stored.split("-", maxsplit=1)[0])
    assert len(await generated_pin(hass, site)) == shortest


async def test_it_is_changed_later_and_left_to_the_lock_again(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door", FakeProvider(pin_lengths=(7, 9)))
    subentry = await add_lock(hass, site, front)
    for name, entered, length in (("Ann", "4-5", 5), ("Ben", None, 7)):
        menu = await start_reconfigure(hass, site, subentry)
        form = await choose(hass, menu, "edit")
        values = {} if entered is None else {"pin_lengths": entered}

        result = await submit(hass, form, **values)

        assert result["reason"] == "reconfigure_successful"
        subentry = site.subentries[subentry.subentry_id]
        form = await choose(hass, await start_reconfigure(hass, site, subentry), "edit")
        assert suggested(form)["pin_lengths"] == entered
        await site.runtime_data.site.async_wait_synced()
        assert len(await generated_pin(hass, site, name)) == length


@pytest.mark.parametrize("entered", ["six", "3", "8-4", "4-21"])
async def test_what_is_no_length_is_refused_and_the_form_kept(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, entered: str
) -> None:
    front = fake_locks.add("Front door")
    form = await start(hass, site, "lock")

    refused = await submit(hass, form, lock=front.entity_id, pin_lengths=entered)

    assert refused["errors"] == {"pin_lengths": "pin_lengths_unreadable"}
    assert suggested(refused)["pin_lengths"] == entered
    added = await submit(hass, refused, lock=front.entity_id, pin_lengths="6")
    assert added["type"] is FlowResultType.CREATE_ENTRY


async def test_a_lock_that_is_out_of_reach_is_taken_as_its_owner_says(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """What is entered needs no answer of the lock."""
    front = fake_locks.add("Front door", FakeProvider(pin_lengths=(4, 4)))
    await add_lock(hass, site, front, pin_lengths="8")
    await hass.config_entries.async_unload(site.entry_id)
    fake_locks.provider(front).disconnect()
    fake_locks.provider(front).forget()
    assert await hass.config_entries.async_setup(site.entry_id)

    refused = await add_person(hass, site, pin="9071")

    assert refused["errors"] == {"pin": "pin_too_short"}
