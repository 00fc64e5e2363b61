"""Adding a lock: what is kept of it, and why one is refused."""

import asyncio
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.provider_io import LockAddress
from custom_components.keyholder.providers.base import (
    IncompatibleLibraryError,
    InterviewIncompleteError,
    NotSupportedError,
)
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    start,
    submit,
)
from tests.harness.waiting import wait_for


async def try_lock(
    hass: HomeAssistant, site: MockConfigEntry, entity_id: str, **limits: Any
) -> SubentryFlowResult:
    form = await start(hass, site, "lock")
    return await submit(hass, form, lock=entity_id, **limits)


async def test_a_lock_is_known_by_its_registry_id_and_called_like_its_device(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")

    subentry = await add_lock(hass, site, front)

    assert subentry.title == "Front door"
    assert subentry.unique_id == f"lock_{front.id}"
    assert subentry.data == {
        "lock": front.id,
        "first_slot": None,
        "last_slot": None,
        "checks_per_hour": None,
    }
    assert list(site.runtime_data.site.locks) == [front.id]


async def test_the_name_that_the_user_gave_the_device_counts(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    assert front.device_id is not None
    dr.async_get(hass).async_update_device(front.device_id, name_by_user="Main door")

    assert (await add_lock(hass, site, front)).title == "Main door"


async def test_a_lock_without_a_device_is_called_like_its_entity(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    registry = er.async_get(hass)
    registry.async_update_entity(front.entity_id, device_id=None, name="Gate")

    assert (await add_lock(hass, site, front)).title == "Gate"


async def test_a_lock_whose_device_has_no_name_is_called_like_its_entity(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    assert front.device_id is not None
    dr.async_get(hass).async_update_device(front.device_id, name=None)

    assert (await add_lock(hass, site, front)).title == "lock.front_door"


async def test_a_lock_that_is_not_in_the_registry_is_refused(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.states.async_set("lock.demo", "locked")

    result = await try_lock(hass, site, "lock.demo")

    assert result["errors"] == {"lock": "no_unique_id"}


async def test_a_lock_that_any_site_manages_is_refused_and_the_site_named(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    cabin = MockConfigEntry(domain=DOMAIN, title="Cabin")
    cabin.add_to_hass(hass)
    assert await hass.config_entries.async_setup(cabin.entry_id)

    for entry in (site, cabin):
        result = await try_lock(hass, entry, front.entity_id)

        assert result["errors"] == {"lock": "already_managed"}
        assert result["description_placeholders"] == {
            "lock": "Front door",
            "site": "Home",
        }


ENDPOINT_1, ENDPOINT_2 = LockAddress("node", "1"), LockAddress("node", "2")


@pytest.mark.parametrize(
    ("managed", "second"),
    [(ENDPOINT_1, ENDPOINT_1), (None, None), (ENDPOINT_1, None), (None, ENDPOINT_1)],
)
async def test_a_second_entity_of_a_managed_lock_is_refused_and_the_first_named(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    managed: LockAddress | None,
    second: LockAddress | None,
) -> None:
    """Clause 16.17: two entities would overwrite each other's codes, and count uses twice."""
    front = fake_locks.add("Front door")
    fake_locks.provider(front).found_at = managed
    await add_lock(hass, site, front)
    twin = fake_locks.add_twin(front)
    fake_locks.provider(twin).found_at = second

    result = await try_lock(hass, site, twin.entity_id)

    assert result["errors"] == {"lock": "same_lock"}
    assert result["description_placeholders"] == {
        "lock": "Front door",
        "entity": "lock.front_door",
        "site": "Home",
    }
    assert fake_locks.provider(twin).calls == []


async def test_another_endpoint_of_a_managed_device_is_another_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.17: node and endpoint decide, not the device alone."""
    front = fake_locks.add("Front door")
    fake_locks.provider(front).found_at = ENDPOINT_1
    await add_lock(hass, site, front)
    back = fake_locks.add_twin(front)
    fake_locks.provider(back).found_at = ENDPOINT_2

    await add_lock(hass, site, back)

    assert set(site.runtime_data.site.locks) >= {front.id}


async def test_two_dialogs_that_add_two_entities_of_one_lock_add_one(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.17: the second dialog was open before the first one had ended."""
    front = fake_locks.add("Front door")
    twin = fake_locks.add_twin(front)
    fake_locks.provider(twin).hang(Call.PROBE)
    late = asyncio.ensure_future(try_lock(hass, site, twin.entity_id))
    await wait_for(lambda: len(fake_locks.provider(twin).calls) == 1)
    await add_lock(hass, site, front)

    fake_locks.provider(twin).release()

    assert (await late)["errors"] == {"lock": "same_lock"}


@pytest.mark.parametrize(
    ("platform", "name"), [("demo", "Demo"), ("no_such_platform", "no_such_platform")]
)
async def test_a_lock_without_provider_is_refused_and_its_integration_named(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    platform: str,
    name: str,
) -> None:
    other = fake_locks.add_entity("Other door", platform=platform)

    result = await try_lock(hass, site, other.entity_id)

    assert result["errors"] == {"lock": "integration_not_supported"}
    assert (result["description_placeholders"] or {})["integration"] == name


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (NotSupportedError(), "lock_without_codes"),
        (IncompatibleLibraryError(), "provider_broken"),
        (RuntimeError(), "provider_broken"),
    ],
)
async def test_a_lock_that_cannot_be_used_is_refused_with_the_reason(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    trouble: Exception,
    error: str,
) -> None:
    front = fake_locks.add("Front door")
    fake_locks.provider(front).faults.breaks = trouble

    result = await try_lock(hass, site, front.entity_id)

    assert result["errors"] == {"lock": error}


async def test_what_a_library_says_when_it_fails_is_not_logged(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    front = fake_locks.add("Front door")
    fake_locks.provider(front).faults.breaks = RuntimeError("the code 907153")

    await try_lock(hass, site, front.entity_id)

    assert "RuntimeError" in caplog.text
    assert "907153" not in caplog.text


async def test_a_lock_that_cannot_be_reached_is_refused_until_it_can(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    fake_locks.provider(front).disconnect()
    refused = await try_lock(hass, site, front.entity_id)
    assert refused["errors"] == {"lock": "lock_unreachable"}

    fake_locks.provider(front).connect()
    result = await submit(hass, refused, lock=front.entity_id)

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_who_adds_a_lock_that_is_not_interviewed_is_told_to_interview_it(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.10: its batteries have nothing to do with it."""
    front = fake_locks.add("Front door")
    fake_locks.provider(front).faults.breaks = InterviewIncompleteError()

    refused = await try_lock(hass, site, front.entity_id)

    assert refused["errors"] == {"lock": "lock_not_interviewed"}
    assert refused["description_placeholders"] == {"lock": "Front door"}

    fake_locks.provider(front).faults.breaks = None
    result = await submit(hass, refused, lock=front.entity_id)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_lock_that_never_answers_counts_as_out_of_reach(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    fake_locks.provider(front).hang(Call.PROBE)

    result = await try_lock(hass, site, front.entity_id)

    assert result["errors"] == {"lock": "lock_unreachable"}


@pytest.mark.parametrize("checks", [0, 7, 60])
async def test_checks_can_be_limited(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, checks: int
) -> None:
    front = fake_locks.add("Front door")

    subentry = await add_lock(hass, site, front, checks_per_hour=checks)

    assert subentry.data["checks_per_hour"] == checks
    await site.runtime_data.site.async_wait_synced()
    assert site.runtime_data.site.locks[front.id].settings.checks_per_hour == checks


@pytest.mark.parametrize(
    ("checks", "error"),
    [
        (-1, "checks_out_of_range"),
        (61, "checks_out_of_range"),
        (2.5, "checks_not_whole"),
        (float("inf"), "checks_not_whole"),
    ],
)
async def test_checks_that_make_no_sense_are_refused(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    checks: float,
    error: str,
) -> None:
    front = fake_locks.add("Front door")

    refused = await try_lock(hass, site, front.entity_id, checks_per_hour=checks)

    assert refused["errors"] == {"checks_per_hour": error}


async def test_slots_can_be_limited(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")

    subentry = await add_lock(hass, site, front, first_slot=4, last_slot=6)
    await add_person(hass, site, "Ann", "907153")

    assert (subentry.data["first_slot"], subentry.data["last_slot"]) == (4, 6)
    await wait_for(lambda: fake_locks.provider(front).codes == {4: "907153"})


@pytest.mark.parametrize(
    ("limits", "errors"),
    [
        ({"first_slot": 2}, {"last_slot": "slots_both"}),
        ({"last_slot": 2}, {"first_slot": "slots_both"}),
        ({"first_slot": 0, "last_slot": 2}, {"first_slot": "slot_out_of_range"}),
        ({"first_slot": 2, "last_slot": 11}, {"last_slot": "slot_out_of_range"}),
        ({"first_slot": 5, "last_slot": 4}, {"last_slot": "slots_reversed"}),
        ({"first_slot": 1.5, "last_slot": 4}, {"first_slot": "slot_not_whole"}),
        ({"first_slot": 1, "last_slot": "inf"}, {"last_slot": "slot_not_whole"}),
        ({"first_slot": "nan", "last_slot": 4}, {"first_slot": "slot_not_whole"}),
    ],
)
async def test_slots_that_make_no_sense_are_refused(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    limits: dict[str, float],
    errors: dict[str, str],
) -> None:
    front = fake_locks.add("Front door")

    result = await try_lock(hass, site, front.entity_id, **limits)

    assert result["errors"] == errors


async def test_a_lock_that_shows_nothing_needs_slots_of_its_own(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door", FakeProvider(Profile.WRITE_ONLY))
    refused = await try_lock(hass, site, front.entity_id)
    assert refused["errors"] == {"first_slot": "slots_needed"}

    result = await submit(
        hass, refused, lock=front.entity_id, first_slot=1, last_slot=1
    )

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_lock_that_answers_no_reads_is_found_out_when_it_is_added(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.9: it is taken as a lock that shows nothing, also after a restart."""
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    provider.faults.reads_unsupported = True
    refused = await try_lock(hass, site, front.entity_id)
    assert refused["errors"] == {"first_slot": "slots_needed"}

    await submit(hass, refused, lock=front.entity_id, first_slot=3, last_slot=4)
    await add_person(hass, site, "Ann", "907153")
    await wait_for(lambda: provider.codes == {3: "907153"})
    (subentry,) = site.get_subentries_of_type("lock")
    assert subentry.data["answers_reads"] is False

    await hass.config_entries.async_reload(site.entry_id)
    await add_person(hass, site, "Bob", "904862")
    await wait_for(lambda: provider.codes == {3: "907153", 4: "904862"})
    assert provider.counts.reads == 0


async def test_two_dialogs_that_add_the_same_lock_add_it_once(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    fake_locks.provider(front).hang(Call.PROBE)
    answers = [
        asyncio.ensure_future(try_lock(hass, site, front.entity_id)) for _ in range(2)
    ]
    await wait_for(lambda: len(fake_locks.provider(front).calls) == 2)

    fake_locks.provider(front).release()

    first, second = await asyncio.gather(*answers)
    assert first["type"] is FlowResultType.CREATE_ENTRY
    assert second["reason"] == "already_configured"


@pytest.mark.parametrize("kind", ["lock", "person"])
async def test_nothing_is_added_to_a_site_that_does_not_run(
    hass: HomeAssistant, site: MockConfigEntry, kind: str
) -> None:
    await hass.config_entries.async_unload(site.entry_id)

    result = await start(hass, site, kind)

    assert result["reason"] == "entry_not_loaded"
