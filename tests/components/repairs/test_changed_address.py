"""A lock that is found at another address: nothing is sent, and the dialog accepts it."""

from dataclasses import asdict
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import CONF_ADDRESS
from custom_components.keyholder.model.provider_io import LockAddress
from custom_components.keyholder.runtime.site.subentries import locks_from_entry
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.site.flow_driver import FakeLocks, add_person
from tests.harness.site.repair_dialog import RepairDialog, no_issues, only_issue
from tests.harness.site.replaced_lock import (
    include_again,
    site_with_codes,
    start_replacing,
)
from tests.harness.site.states import wait_for_state
from tests.harness.site.suspended_slots import managed_lock
from tests.harness.waiting import wait_for

SLOT = "sensor.anna_code_on_front_door"
HERE = LockAddress("0x1", "1", "zigbee2mqtt", "0xa")
OTHER_ROUTE = LockAddress("0x1", "1", "home", "0xa")
OTHER_LOCK = LockAddress("0x2", "1", "zigbee2mqtt", "0xa")


async def lock_with_code(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    address: LockAddress | None = HERE,
) -> FakeProvider:
    """Return a lock that masks its codes and has one of Anna."""
    provider = FakeProvider(Profile.MASKING)
    provider.found_at = address
    await managed_lock(hass, site, fake_locks, provider)
    await add_person(hass, site, "Anna", "907153")
    await wait_for_state(hass, SLOT, "in_sync")
    provider.calls.clear()
    return provider


def stored_address(site: MockConfigEntry) -> Any:
    (lock,) = (
        each for each in site.subentries.values() if each.subentry_type == "lock"
    )
    return lock.data.get(CONF_ADDRESS)


async def test_the_address_at_which_a_lock_was_added_is_kept(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.24: it is in the subentry, which is on disk before any code is sent."""
    await lock_with_code(hass, site, fake_locks)

    assert stored_address(site) == asdict(HERE)


async def test_a_lock_that_was_added_before_keeps_where_it_is_found_first(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.24: stores from before are taken as they are."""
    provider = await lock_with_code(hass, site, fake_locks, address=None)
    assert stored_address(site) is None

    provider.found_at = HERE
    await hass.config_entries.async_reload(site.entry_id)

    await wait_for(lambda: stored_address(site) == asdict(HERE))
    assert provider.accepted == HERE
    provider.move(OTHER_ROUTE)
    await only_issue(hass, "address_changed")


async def test_the_same_lock_on_another_route_stays_proven_once_accepted(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.24: nothing is asked of it before, and what it shows counts after."""
    provider = await lock_with_code(hass, site, fake_locks)

    provider.move(OTHER_ROUTE)
    issue = await only_issue(hass, "address_changed")
    assert (issue.translation_placeholders or {})["found"] == "home, 0xa, 0x1"
    assert {call for call, _ in provider.calls} <= {Call.PROBE}
    dialog = await RepairDialog(hass, issue).open()
    assert (await dialog.submit()).is_done

    assert stored_address(site) == asdict(OTHER_ROUTE)
    await no_issues(hass)
    await wait_for_state(hass, SLOT, "in_sync")
    assert provider.counts.writes == 1


async def test_another_lock_is_taken_for_a_replacement_once_accepted(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.24: a masked code there is not known to be ours."""
    provider = await lock_with_code(hass, site, fake_locks)

    provider.move(OTHER_LOCK)
    issue = await only_issue(hass, "address_changed")
    assert (await (await RepairDialog(hass, issue).open()).submit()).is_done

    await wait_for_state(hass, SLOT, "suspended")
    await only_issue(hass, "slot_unrecognised")
    assert provider.counts.writes == 1


async def test_what_was_not_shown_is_not_accepted(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.24: it may change once more while the dialog is open."""
    provider = await lock_with_code(hass, site, fake_locks)
    provider.move(OTHER_ROUTE)
    dialog = await RepairDialog(hass, await only_issue(hass, "address_changed")).open()

    provider.move(OTHER_LOCK)
    await dialog.submit()
    assert dialog.result["errors"] == {"base": "found_elsewhere"}
    assert stored_address(site) == asdict(HERE)

    provider.move(HERE)
    await no_issues(hass)
    await dialog.submit()
    assert dialog.result["reason"] == "gone"
    await wait_for_state(hass, SLOT, "in_sync")


async def test_a_replacement_keeps_the_address_at_which_it_was_chosen(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.24: what it leads to a moment later, or after a power cut, is a question."""
    front = await site_with_codes(hass, site, fake_locks)
    provider = FakeProvider()
    provider.found_at = HERE
    again, _ = await include_again(hass, fake_locks, front, provider)
    dialog = await start_replacing(hass)
    await dialog.submit(lock=again.entity_id)
    assert dialog.is_done

    assert site.runtime_data.site.locks[again.id].settings.address == HERE
    assert provider.accepted == HERE


@pytest.mark.parametrize(
    "damaged", [7, "zigbee2mqtt", [], {}, {"node": "0x1"}, asdict(HERE) | {"node": 1}]
)
async def test_an_address_that_is_damaged_is_that_of_no_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, damaged: object
) -> None:
    """Clause 16.24: damage is no permission to send codes anywhere."""
    provider = FakeProvider()
    provider.found_at = HERE
    await managed_lock(hass, site, fake_locks, provider)
    (lock,) = site.subentries.values()
    hass.config_entries.async_update_subentry(
        site, lock, data={**lock.data, CONF_ADDRESS: damaged}
    )

    (settings,) = locks_from_entry(site).values()
    assert settings.address is not None
    assert not settings.address.is_known
