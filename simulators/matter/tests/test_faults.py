"""Faults between a Matter client and a lock."""

import asyncio
from time import monotonic
from typing import Any

from matter_server.common.models import EventType
import pytest

from simulators.matter import CHIP, FakeMatterServer
from simulators.matter.faults import (
    Fault,
    answer_lost,
    answered,
    applied_then_refused,
    command_lost,
    connection_closed,
    refused,
    silently_dropped,
    slow,
)

from .lock_harness import CODE, OTHER
from .server_client import Commands, Credential, ServerClient, connected, pin


async def held(client: ServerClient, index: int = 1) -> bool:
    """Return whether a PIN is in the lock."""
    answer = await client.send(Commands.GetCredentialStatus(Credential(1, index)))
    return bool(answer["credentialExists"])


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0x9C, "Busy (code 156)"),
        (0x89, "Resource exhausted (code 137)"),
        (0x94, "Timeout (code 148)"),
        (0x87, "Constraint error (code 135)"),
        (0x85, "Invalid command (code 133)"),
        (1, "Failure (code 1)"),
        (0xE1, "Status 225 (code 225)"),
    ],
)
async def test_any_status_meets_as_many_commands_as_it_shall(
    matter_server: FakeMatterServer, client: ServerClient, status: int, words: str
) -> None:
    matter_server.node.faults.add("SetCredential", refused(status), count=2)
    assert await client.error(pin(CODE)) == (words, 0)
    assert not await held(client)
    assert await client.error(pin(CODE)) == (words, 0)
    assert (await client.send(pin(CODE)))["status"] == 0


async def test_a_failure_may_carry_the_door_locks_own_status(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    matter_server.node.faults.add("SetCredential", refused(1, 2))
    assert (await client.error(pin(CODE)))[0] == "Failure (code 1; cluster code 2)"


async def test_a_fault_may_stay_and_meet_every_command(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    faults = matter_server.node.faults
    faults.add("*", refused(0x9C), count=None)
    for _ in range(3):
        assert (await client.error(Commands.GetUser(1)))[0] == "Busy (code 156)"
    faults.clear()
    assert (await client.send(pin(CODE)))["status"] == 0


@pytest.mark.parametrize("status", [1, 2, 3, 133, 137, 77])
async def test_any_status_may_stand_in_the_answer(
    matter_server: FakeMatterServer, client: ServerClient, status: int
) -> None:
    answer: dict[str, Any] = {
        "status": status,
        "userIndex": None,
        "nextCredentialIndex": 5,
    }
    matter_server.node.faults.add("SetCredential", answered(**answer))
    assert await client.send(pin(CODE)) == answer
    assert not await held(client)


async def test_a_slow_lock_does_it_later(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    matter_server.node.faults.add("SetCredential", slow(0.05))
    began = monotonic()
    sending = asyncio.create_task(client.send(pin(CODE)))
    await asyncio.sleep(0)
    assert not await held(client)
    assert (await sending)["status"] == 0
    assert monotonic() - began >= 0.05
    assert await held(client)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (applied_then_refused(), "Failure (code 1)"),
        (applied_then_refused(0x94), "Timeout (code 148)"),
        (answer_lost(), "Operation aborted"),
    ],
)
async def test_done_and_then_an_error_leaves_the_code_and_a_duplicate(
    matter_server: FakeMatterServer, client: ServerClient, fault: Fault, words: str
) -> None:
    matter_server.node.faults.add("SetCredential", fault)
    assert (await client.error(pin(CODE)))[0] == words
    assert await held(client)
    assert (await client.send(pin(CODE, 2)))["status"] == 2


async def test_a_lost_command_was_never_there(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    matter_server.node.faults.add("SetCredential", command_lost())
    words, _ = await client.error(pin(CODE))
    assert words.startswith("Peer is no longer responding to active session")
    assert not await held(client)


async def test_silent_drop_answers_success(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    faults = matter_server.node.faults
    faults.add("SetCredential", silently_dropped())
    faults.add("ClearCredential", silently_dropped())
    assert (await client.send(pin(CODE)))["status"] == 0
    assert not await held(client)
    await client.send(pin(CODE))
    assert await client.send(Commands.ClearCredential(Credential(1, 1))) is None
    assert await held(client)


@pytest.mark.parametrize("applied", [True, False])
async def test_a_connection_lost_in_flight_is_a_cancelled_error(
    matter_server: FakeMatterServer, client: ServerClient, applied: bool
) -> None:
    fault = connection_closed(applied=applied)
    matter_server.node.faults.add("SetCredential", fault)
    task = asyncio.current_task()
    assert task
    with pytest.raises(asyncio.CancelledError):
        await client.send(pin(CODE))
    assert task.cancelling() == 0
    assert bool(matter_server.node.lock.memory.credentials) is applied


async def test_reports_may_be_lost_with_the_connection(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    node = matter_server.node
    node.faults.add("UnlockDoor", connection_closed(reported=False))
    with pytest.raises(asyncio.CancelledError):
        await client.send(Commands.UnlockDoor())
    assert client.seen == []
    async with connected(matter_server) as again:
        attributes = again.client.get_node(1).node_data.attributes
        assert attributes["1/257/0"] == node.lock.state == 2
        node.door.turn(unlock=False)
        await again.settle()
        assert len(again.node_events()) == 1


async def test_dropped_subscription_reports_all_when_restored(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    node = matter_server.node
    node.lock.clock.source = lambda: 1_800_000_000.0
    node.drop_subscription()
    node.door.turn()
    node.lock.clock.ahead = 60
    node.door.turn(unlock=False)
    node.door.turn()
    await client.settle()
    assert client.seen == []
    (seen,) = client.client.get_nodes()
    assert seen.available
    assert seen.node_data.attributes["1/257/0"] == 1
    assert await client.client.read_attribute(1, "1/257/0") == {"1/257/0": 2}

    node.lock.clock.ahead = 100
    node.restore_subscription()
    node.door.jam()
    await client.settle()
    replayed = client.node_events()
    assert [event.timestamp // 1000 - 1_800_000_000 for event in replayed] == [
        0,
        60,
        60,
        100,
    ]
    assert [event.event_id for event in replayed] == [2, 2, 2, 0]
    numbers = [event.event_number for event in replayed]
    assert numbers == sorted(set(numbers))


async def test_a_burst_brings_the_last_state_not_every_one(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    matter_server.node.drop_subscription()
    for unlock in (True, False, True):
        matter_server.node.door.turn(unlock=unlock)
    matter_server.node.restore_subscription()
    await client.settle()
    states = [data for kind, data in client.seen if kind is EventType.ATTRIBUTE_UPDATED]
    assert states == [2]


async def test_after_a_reboot_the_burst_begins_with_events_of_other_clusters(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    node = matter_server.node
    node.door.turn()
    node.reboot()
    node.door.turn(unlock=False)
    node.faults.add("*", command_lost())
    assert (await client.error(Commands.GetUser(1)))[0].startswith("Peer is no longer")
    await client.send(Commands.GetUser(1))
    node.restore_subscription()
    await client.settle()
    before, startup, boot, after = client.node_events()
    assert (startup.cluster_id, startup.event_id, startup.endpoint_id) == (40, 0, 0)
    assert (boot.event_id, boot.endpoint_id) == (3, 0)
    assert boot.cluster_id != 257
    assert (after.cluster_id, after.event_id) == (257, 2)
    assert startup.event_number > before.event_number + 900


async def test_unreachable_lock_may_stay_available(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    matter_server.node.reachable = False
    assert (await client.error(pin(CODE)))[0].startswith("Peer is no longer responding")
    assert client.client.get_node(1).available
    matter_server.node.reachable = True
    assert (await client.send(pin(CODE)))["status"] == 0


async def test_unavailable_node_is_reported_and_rejects(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    matter_server.node.set_available(False)
    await client.settle()
    assert not client.client.get_node(1).available
    assert (await client.error(pin(CODE)))[0].startswith("Peer is no longer responding")
    matter_server.node.set_available(True)
    await client.settle()
    assert client.client.get_node(1).available


async def test_the_older_server_has_an_error_of_its_own_for_it(
    socket_enabled: None,
) -> None:
    async with FakeMatterServer(dialect=CHIP) as server, connected(server) as client:
        server.node.set_available(False)
        assert await client.error(pin(CODE)) == ("Node 1 is not (yet) available.", 3)


@pytest.mark.parametrize(("keep_stale", "shown"), [(False, 2), (True, 1)])
async def test_a_restart_of_the_server_loses_what_happened_meanwhile(
    matter_server: FakeMatterServer, keep_stale: bool, shown: int
) -> None:
    node = matter_server.node
    url = matter_server.url
    async with connected(matter_server) as client:
        await matter_server.stop(keep_stale=keep_stale)
    node.door.turn()
    await matter_server.start()
    assert matter_server.url == url
    async with connected(matter_server) as client:
        await client.settle()
        assert client.seen == []
        seen = client.client.get_node(1)
        assert seen.available
        assert seen.node_data.attributes["1/257/0"] == shown
        assert await client.client.read_attribute(1, "1/257/0") == {"1/257/0": 2}
        node.door.turn(unlock=False)
        await client.settle()
        assert [event.event_id for event in client.node_events()] == [2]


async def test_every_command_is_on_record(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    matter_server.node.faults.add("SetCredential", refused(0x9C))
    await client.error(pin(OTHER, 4))
    ((command, payload),) = matter_server.node.calls
    assert command == "SetCredential"
    assert payload["credential"] == {"credentialType": 1, "credentialIndex": 4}
