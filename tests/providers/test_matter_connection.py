"""The way to a Matter lock, and the library that it goes through."""

from dataclasses import replace
import subprocess
import sys

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from matter_server.client import MatterClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.model.lock_events import (
    Connected,
    Disconnected,
    LockEvent,
    LockOperated,
)
from custom_components.keyholder.model.provider_io import SlotReading, WriteResult
from custom_components.keyholder.providers.base import (
    IncompatibleLibraryError,
    LockUnreachableError,
    NotSupportedError,
    TemporarilyRefusedError,
)
from custom_components.keyholder.providers.matter.provider import MatterProvider
from custom_components.keyholder.providers.registry import async_create_provider
from simulators.matter import DoorLock, FakeMatterServer, Limits, Node
from simulators.matter.faults import answered, command_lost, refused
from simulators.matter.terms import Status
from tests.harness.networks.matter import MatterNetwork
from tests.harness.providers.codes import ANNA, OTHER, PIN, SLOT, expect_no_code_in
from tests.harness.providers.matter_lock import MatterLock


async def test_a_lock_that_the_server_lost_is_found_again(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.set_available(False)
    await matter_lock.settle()
    assert matter_lock.events == [Connected(events_missed=True), Disconnected()]
    with pytest.raises(LockUnreachableError):
        await matter_lock.read()

    matter_lock.node.set_available(True)
    await matter_lock.settle()
    assert matter_lock.events[2:] == [Connected(events_missed=True)]
    assert await matter_lock.read() == SlotReading.empty()


async def test_without_its_integration_a_lock_is_unreachable(
    matter_lock: MatterLock,
) -> None:
    entries, entry = matter_lock.network.hass.config_entries, matter_lock.network.entry
    await entries.async_unload(entry.entry_id)

    assert matter_lock.events == [Connected(events_missed=True), Disconnected()]
    for call in (
        matter_lock.provider.async_probe(),
        matter_lock.read(),
        matter_lock.write(),
        matter_lock.clear(),
        matter_lock.provider.async_read_schedule(SLOT),
    ):
        with pytest.raises(LockUnreachableError):
            await call

    assert await entries.async_setup(entry.entry_id)
    assert matter_lock.events[2:] == [Connected(events_missed=True)]
    assert await matter_lock.read() == SlotReading.empty()


async def test_a_subscription_made_before_the_integration_loads_works(
    matter_network: MatterNetwork,
) -> None:
    entries = matter_network.hass.config_entries
    entity = matter_network.lock_entity()
    await entries.async_unload(matter_network.entry.entry_id)
    provider = await async_create_provider(matter_network.hass, entity)
    events: list[LockEvent] = []
    unsubscribe = provider.subscribe(events.append)
    assert events == []

    await entries.async_setup(matter_network.entry.entry_id)

    assert events == [Connected(events_missed=True)]
    unsubscribe()


async def test_a_node_that_is_removed_is_gone(matter_lock: MatterLock) -> None:
    matter_lock.node.push("node_removed", matter_lock.node.node_id)  # type: ignore[arg-type]
    await matter_lock.settle()

    assert matter_lock.events == [Connected(events_missed=True), Disconnected()]
    with pytest.raises(LockUnreachableError):
        await matter_lock.read()


async def test_a_lock_is_known_by_its_registry_entry_not_by_its_name(
    matter_lock: MatterLock,
) -> None:
    registry = er.async_get(matter_lock.network.hass)
    entity = matter_lock.network.lock_entity()
    registry.async_update_entity(entity.entity_id, new_entity_id="lock.renamed")

    assert await matter_lock.write() is WriteResult.OPTIMISTIC
    assert matter_lock.code() == PIN

    registry.async_remove("lock.renamed")
    with pytest.raises(LockUnreachableError):
        await matter_lock.read()


@pytest.mark.parametrize(
    "matter_nodes", [[Node(1), Node(2, {1: DoorLock(), 2: DoorLock()})]]
)
async def test_every_lock_of_every_node_is_itself(
    matter_network: MatterNetwork, matter_nodes: list[Node]
) -> None:
    other = matter_nodes[1]
    for endpoint, target in ((1, ANNA), (2, replace(ANNA, person_name="Ben"))):
        entity = matter_network.lock_entity(2, endpoint)
        provider = await async_create_provider(matter_network.hass, entity)
        events: list[LockEvent] = []
        unsubscribe = provider.subscribe(events.append)

        await provider.async_write(SLOT, target)
        for door in (matter_nodes[0].door, *other.doors.values()):
            door.turn()
        await matter_network.settle()

        users = other.locks[endpoint].memory.users
        assert [user.name for user in users.values()] == [target.person_name]
        reported = [event for event in events if isinstance(event, LockOperated)]
        assert len(reported) == 1
        unsubscribe()
    assert matter_nodes[0].lock.memory.users == {}


async def test_a_lock_is_reached_by_its_own_server_where_there_are_two(
    hass: HomeAssistant, matter_network: MatterNetwork
) -> None:
    async with FakeMatterServer([Node(1)], fabric=77) as server:
        entry = MockConfigEntry(domain="matter", title="2", data={"url": server.url})
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        (lock,) = (
            entity
            for entity in er.async_entries_for_config_entry(
                er.async_get(hass), entry.entry_id
            )
            if entity.domain == "lock"
        )
        provider = await async_create_provider(hass, lock)

        await provider.async_write(SLOT, ANNA)

        assert list(server.node.lock.memory.users) == [SLOT]
        assert matter_network.node.lock.memory.users == {}
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("matter_nodes", [[Node(1, {1: DoorLock(Limits(pins=0))})]])
async def test_a_lock_without_a_keypad_is_not_supported(
    matter_network: MatterNetwork,
) -> None:
    entity = matter_network.lock_entity()
    provider = await async_create_provider(matter_network.hass, entity)

    with pytest.raises(NotSupportedError):
        await provider.async_probe()


@pytest.mark.parametrize(
    "matter_nodes",
    [[Node(1, {1: DoorLock(Limits(week_days_per_user=0, year_days_per_user=200))})]],
)
async def test_a_lock_without_schedules_of_use_has_none(
    matter_lock: MatterLock,
) -> None:
    assert matter_lock.provider.capabilities is not None
    assert matter_lock.provider.capabilities.schedules is None
    with pytest.raises(NotSupportedError):
        await matter_lock.provider.async_read_schedule(SLOT)


@pytest.mark.parametrize("attribute", [65532, 18])
async def test_a_lock_without_its_capabilities_is_unreachable(
    matter_lock: MatterLock, attribute: int
) -> None:
    del matter_lock.node.known[f"1/257/{attribute}"]
    await matter_lock.network.reload()

    with pytest.raises(LockUnreachableError, match="has not reported"):
        await matter_lock.provider.async_probe()


@pytest.mark.parametrize(
    "answer",
    [
        answered(),
        answered(credentialExists=None),
        refused(Status.INVALID_COMMAND),
        refused(Status.BUSY),
    ],
)
async def test_an_answer_that_says_nothing_is_an_unknown_slot(
    matter_lock: MatterLock,
    answer: object,
) -> None:
    await matter_lock.write()
    for command in ("GetCredentialStatus", "GetUser"):
        matter_lock.node.faults.add(command, answer)  # type: ignore[arg-type]
        assert await matter_lock.read() == SlotReading.unknown()
    assert await matter_lock.read() == SlotReading.masked(enabled=True, ours=True)


@pytest.mark.parametrize("status", [Status.NOT_FOUND, Status.CONSTRAINT_ERROR])
async def test_a_question_that_is_rejected_for_its_slot_is_answered(
    matter_lock: MatterLock, status: Status
) -> None:
    """Clause 16.8: the slot is not usable, and neither empty nor without an answer."""
    await matter_lock.write()
    matter_lock.node.faults.add("GetCredentialStatus", refused(status))
    assert await matter_lock.read() == SlotReading.not_usable()
    assert await matter_lock.read() == SlotReading.masked(enabled=True, ours=True)


async def test_a_code_is_cleared_even_if_its_user_is_unknown(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    matter_lock.node.faults.add("GetCredentialStatus", answered())

    await matter_lock.clear()

    assert matter_lock.code() is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            replace(command_lost(), error=f"Operation aborted {PIN}"),
            LockUnreachableError,
        ),
        (refused(Status.TIMEOUT), LockUnreachableError),
        (refused(Status.UNSUPPORTED_COMMAND), NotSupportedError),
        (refused(Status.NEEDS_TIMED_INTERACTION), IncompatibleLibraryError),
        (refused(Status.BUSY), TemporarilyRefusedError),
    ],
)
async def test_what_a_server_answers_becomes_what_the_engine_knows(
    matter_lock: MatterLock, error: object, expected: type[Exception]
) -> None:
    matter_lock.node.faults.add("SetCredential", error)  # type: ignore[arg-type]

    with pytest.raises(expected) as caught:
        await matter_lock.write()

    expect_no_code_in(caught.value)


async def test_a_failure_of_the_server_is_left_to_the_next_look(
    matter_lock: MatterLock,
) -> None:
    """It may have failed at the answer: the code can be there or not."""
    broken = replace(command_lost(), error=f"cannot read {PIN} of undefined")
    for command in ("SetCredential", "SetUser"):
        matter_lock.node.faults.add(command, broken)

    with pytest.raises(TemporarilyRefusedError) as caught:
        await matter_lock.write()
    expect_no_code_in(caught.value)
    assert await matter_lock.write() is WriteResult.OPTIMISTIC
    assert await matter_lock.read() == SlotReading.empty()


async def test_an_error_in_the_library_is_reported_without_its_text(
    matter_lock: MatterLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise TypeError(f"expected a number, got {PIN} and {OTHER}")

    monkeypatch.setattr(MatterClient, "send_command", fail)

    with pytest.raises(IncompatibleLibraryError, match="TypeError") as caught:
        await matter_lock.write()

    expect_no_code_in(caught.value)


async def test_a_library_that_lacks_something_is_incompatible_at_once(
    matter_network: MatterNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    entity = matter_network.lock_entity()
    monkeypatch.setattr(MatterClient, "send_device_command", lambda self: None)

    with pytest.raises(IncompatibleLibraryError, match="library changed"):
        await async_create_provider(matter_network.hass, entity)


async def test_a_lock_gets_the_provider_of_its_integration(
    matter_network: MatterNetwork,
) -> None:
    entity = matter_network.lock_entity()

    provider = await async_create_provider(matter_network.hass, entity)

    assert isinstance(provider, MatterProvider)


def test_the_library_is_not_imported_without_a_matter_lock() -> None:
    code = (
        "import sys; import custom_components.keyholder.providers.registry; "
        "assert not {'chip', 'matter_server'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
