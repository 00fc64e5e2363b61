"""Changing which slots of a lock are used, and how often they are verified."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    choose,
    start_reconfigure,
    submit,
    suggested,
)
from tests.harness.waiting import wait_for


async def test_slots_are_limited_later_and_the_limits_taken_back(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    subentry = await add_lock(hass, site, fake_locks.add("Front door"))
    menu = await start_reconfigure(hass, site, subentry)
    assert menu["type"] is FlowResultType.MENU
    form = await choose(hass, menu, "edit")
    assert (form["description_placeholders"] or {})["name"] == "Front door"

    result = await submit(hass, form, first_slot=2, last_slot=5)

    assert result["reason"] == "reconfigure_successful"
    await site.runtime_data.site.async_wait_synced()
    assert site.runtime_data.site.locks[subentry.data["lock"]].settings.slots == range(
        2, 6
    )

    menu = await start_reconfigure(hass, site, subentry)
    form = await choose(hass, menu, "edit")
    assert suggested(form) == {
        "first_slot": 2,
        "last_slot": 5,
        "pin_lengths": None,
        "checks_per_hour": None,
        "unanswered_hours": None,
        "days_ahead": None,
    }

    await submit(hass, form)
    await site.runtime_data.site.async_wait_synced()
    assert site.runtime_data.site.locks[subentry.data["lock"]].settings.slots is None


async def test_the_hours_without_an_answer_are_chosen_and_left_to_the_default_again(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.6: the limit is an option of the lock, from 1 to 168 hours."""
    front = fake_locks.add("Front door")
    subentry = await add_lock(hass, site, front, unanswered_hours=48)
    runtime = site.runtime_data.site
    assert runtime.locks[front.id].settings.unanswered_limit == timedelta(hours=48)
    form = await choose(hass, await start_reconfigure(hass, site, subentry), "edit")
    assert suggested(form)["unanswered_hours"] == 48
    for hours in (0, 169, 1.5):
        form = await submit(hass, form, unanswered_hours=hours)
        assert form["errors"] == {"unanswered_hours": "unanswered_hours_range"}

    await submit(hass, form)

    await runtime.async_wait_synced()
    assert runtime.locks[front.id].settings.unanswered_limit == timedelta(hours=24)


async def test_how_many_days_ahead_a_code_is_put_on_a_lock_is_chosen(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.38: 14 by default, 0 for never."""
    front = fake_locks.add("Front door")
    subentry = await add_lock(hass, site, front)
    runtime = site.runtime_data.site
    assert runtime.locks[front.id].settings.ahead == timedelta(days=14)
    form = await choose(hass, await start_reconfigure(hass, site, subentry), "edit")
    for days in (-1, 61, 1.5):
        form = await submit(hass, form, days_ahead=days)
        assert form["errors"] == {"days_ahead": "days_ahead_range"}

    await submit(hass, form, days_ahead=0)

    await runtime.async_wait_synced()
    assert runtime.locks[front.id].settings.ahead == timedelta()


async def test_checks_are_changed_later_and_made_automatic_again(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    subentry = await add_lock(hass, site, front, checks_per_hour=0)
    form = await choose(hass, await start_reconfigure(hass, site, subentry), "edit")
    assert suggested(form)["checks_per_hour"] == 0
    refused = await submit(hass, form, checks_per_hour=61)
    assert refused["errors"] == {"checks_per_hour": "checks_out_of_range"}

    result = await submit(hass, refused)

    assert result["reason"] == "reconfigure_successful"
    await site.runtime_data.site.async_wait_synced()
    assert site.runtime_data.site.locks[front.id].settings.checks_per_hour is None


async def test_slots_that_people_have_cannot_be_left_out(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    subentry = await add_lock(hass, site, front)
    await add_person(hass, site, "Ann", "907153")
    await wait_for(lambda: fake_locks.provider(front).codes)
    await add_person(hass, site, "Bob", "907154")
    await wait_for(lambda: len(fake_locks.provider(front).codes) == 2)
    form = await choose(hass, await start_reconfigure(hass, site, subentry), "edit")

    refused = await submit(hass, form, first_slot=3, last_slot=9)

    assert refused["errors"] == {"base": "slots_in_use"}
    assert (refused["description_placeholders"] or {})["slots"] == "1 (Ann), 2 (Bob)"
    for limits in ({"first_slot": 1, "last_slot": 9}, {}):
        form = await choose(hass, await start_reconfigure(hass, site, subentry), "edit")
        result = await submit(hass, form, **limits)
        assert result["reason"] == "reconfigure_successful"


@pytest.mark.parametrize(
    ("limits", "errors"),
    [
        ({}, {"first_slot": "slots_needed"}),
        ({"first_slot": 1, "last_slot": 99}, {"last_slot": "slot_out_of_range"}),
    ],
)
async def test_limits_are_judged_by_what_was_last_known_of_the_lock(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    limits: dict[str, int],
    errors: dict[str, str],
) -> None:
    front = fake_locks.add("Front door", FakeProvider(Profile.WRITE_ONLY))
    subentry = await add_lock(hass, site, front, first_slot=1, last_slot=3)
    await wait_for(lambda: site.runtime_data.site.locks[front.id].capabilities)
    fake_locks.provider(front).disconnect()
    form = await choose(hass, await start_reconfigure(hass, site, subentry), "edit")

    assert (await submit(hass, form, **limits))["errors"] == errors


async def test_a_lock_that_was_removed_meanwhile_is_not_changed(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    subentry = await add_lock(hass, site, fake_locks.add("Front door"))
    form = await choose(hass, await start_reconfigure(hass, site, subentry), "edit")
    hass.config_entries.async_remove_subentry(site, subentry.subentry_id)

    assert (await submit(hass, form))["reason"] == "gone"
