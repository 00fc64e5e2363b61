"""Websocket messages of the server, and the error texts of each dialect."""

import asyncio

import aiohttp
from chip.clusters import Objects
from matter_server.common.errors import InvalidCommand, NodeNotExists
from matter_server.common.models import EventType
import pytest

from simulators.matter import (
    CHIP,
    OHF,
    Dialect,
    DoorLock,
    FakeMatterServer,
    Limits,
    Node,
)

from .lock_harness import CODE, OTHER
from .server_client import Commands, Credential, ServerClient, connected, pin

Attributes = Objects.DoorLock.Attributes


async def test_the_first_message_is_about_the_server(client: ServerClient) -> None:
    info = client.client.server_info
    assert info is not None
    assert (info.schema_version, info.min_supported_schema_version) == (13, 11)
    assert info.ble_proxy_enabled is False


async def test_the_older_server_speaks_the_oldest_schema_that_the_client_takes(
    socket_enabled: None,
) -> None:
    async with FakeMatterServer(dialect=CHIP) as server, connected(server) as client:
        info = client.client.server_info
        assert info is not None
        assert info.schema_version == 11


async def test_nodes_come_with_their_attributes(client: ServerClient) -> None:
    (node,) = client.client.get_nodes()
    endpoint = node.endpoints[1]
    for attribute, value in (
        (Attributes.LockState, 1),
        (Attributes.DoorState, 1),
        (Attributes.NumberOfTotalUsersSupported, 20),
        (Attributes.NumberOfPINUsersSupported, 20),
        (Attributes.NumberOfRFIDUsersSupported, 10),
        (Attributes.NumberOfCredentialsSupportedPerUser, 5),
        (Attributes.MinPINCodeLength, 4),
        (Attributes.MaxPINCodeLength, 8),
        (Attributes.NumberOfWeekDaySchedulesSupportedPerUser, 4),
        (Attributes.WrongCodeEntryLimit, 3),
    ):
        assert endpoint.get_attribute_value(None, attribute) == value
    own = Objects.OperationalCredentials.Attributes.CurrentFabricIndex
    assert node.get_attribute_value(0, None, own) == 1
    assert node.device_info.vendorName == "SimLock"


async def test_features_follow_from_capacities(socket_enabled: None) -> None:
    lock = DoorLock(Limits(rfids=0, week_days_per_user=0))
    async with (
        FakeMatterServer([Node(7, {2: lock})]) as server,
        connected(server) as client,
    ):
        (node,) = client.client.get_nodes()
        value = node.endpoints[2].get_attribute_value(None, Attributes.FeatureMap)
        assert value & 0x12 == 0
        assert value & 0x101 == 0x101


async def test_several_nodes_and_endpoints_are_locks_of_their_own(
    socket_enabled: None,
) -> None:
    both = Node(2, {1: DoorLock(), 2: DoorLock()})
    async with FakeMatterServer([Node(1), both]) as server, connected(server) as client:
        await client.send(pin(CODE), node=2, endpoint=2)
        assert [len(one.lock.memory.credentials) for one in (server.node, both)] == [
            0,
            0,
        ]
        assert both.doors[2].enter(CODE)
        await client.settle()
        reported = client.node_events()
        assert {(event.node_id, event.endpoint_id) for event in reported} == {(2, 2)}


async def test_an_attribute_is_read_from_the_node(client: ServerClient) -> None:
    read = await client.client.read_attribute(1, ["1/257/0", "1/257/999"])
    assert read == {"1/257/0": 1, "1/257/999": None}
    assert await client.client.read_attribute(1, "0/62/5") == {"0/62/5": 1}


async def test_setup_commands_are_taken(client: ServerClient) -> None:
    await client.client.set_default_fabric_label("Home")
    assert await client.client.check_node_update(1) is None
    (node,) = await client.client.send_command("get_nodes")
    assert node == await client.client.send_command("get_node", node_id=1)


async def test_unknown_nodes_and_commands_have_error_codes(
    client: ServerClient,
) -> None:
    with pytest.raises(InvalidCommand):
        await client.client.send_command("make_coffee")
    with pytest.raises(NodeNotExists):
        await client.send(Commands.GetUser(1), node=9)
    with pytest.raises(NodeNotExists):
        await client.client.send_command("get_node", node_id=9)


async def test_only_a_listening_client_gets_reports(
    matter_server: FakeMatterServer,
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(matter_server.url) as socket,
    ):
        await socket.receive_json()
        matter_server.node.door.turn()
        await socket.send_json({"message_id": "1", "command": "get_nodes"})
        assert (await socket.receive_json())["message_id"] == "1"
        await socket.send_json({"message_id": "2", "command": "start_listening"})
        assert (await socket.receive_json())["message_id"] == "2"
        matter_server.node.door.turn(unlock=False)
        assert (await socket.receive_json())["event"] == "attribute_updated"
        assert (await socket.receive_json())["event"] == "node_event"


async def test_an_event_has_a_number_and_the_time_in_milliseconds(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    clock = matter_server.node.lock.clock
    clock.source = lambda: 1_800_000_000.5
    matter_server.node.door.turn()
    matter_server.node.door.jam()
    await client.settle()
    turned, jammed = client.node_events()
    assert (turned.cluster_id, turned.event_id, turned.timestamp_type) == (257, 2, 1)
    assert turned.timestamp == 1_800_000_000_500
    assert (jammed.event_id, jammed.event_number) == (0, turned.event_number + 1)
    states = [data for kind, data in client.seen if kind is EventType.ATTRIBUTE_UPDATED]
    assert states == [2, 0]


async def test_reports_may_come_after_the_answer(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    matter_server.report_delay = 0.01
    await client.send(Commands.UnlockDoor())
    assert client.seen == []
    await asyncio.sleep(0.02)
    await client.settle()
    assert [event.event_id for event in client.node_events()] == [2]


async def test_answer_is_passed_on_from_the_lock(client: ServerClient) -> None:
    made = await client.send(pin(CODE, 3))
    assert made == {"status": 0, "userIndex": 1, "nextCredentialIndex": 4}
    held = await client.send(Commands.GetCredentialStatus(Credential(1, 3)))
    assert (held["credentialExists"], held["userIndex"]) == (True, 1)
    assert await client.send(Commands.ClearUser(1)) is None
    assert (await client.send(Commands.GetUser(1)))["credentials"] is None


@pytest.mark.parametrize(
    ("dialect", "invalid", "occupied"),
    [
        (OHF, "Invalid command (code 133)", "Failure (code 1; cluster code 3)"),
        (
            CHIP,
            "InteractionModelError: InvalidCommand (0x85)",
            "InteractionModelError: Failure (0x1, clusterStatus: 3)",
        ),
    ],
)
async def test_each_server_has_its_own_text_for_a_status(
    socket_enabled: None, dialect: Dialect, invalid: str, occupied: str
) -> None:
    async with FakeMatterServer(dialect=dialect) as server, connected(server) as client:
        add = Commands.SetUser(0, 1, "Ann", None, None, None, None)
        await client.send(add)
        assert await client.error(add) == (occupied, 0)
        assert await client.error(Commands.GetUser(99)) == (invalid, 0)


async def test_one_server_refuses_a_long_name_itself(client: ServerClient) -> None:
    long = Commands.SetUser(0, 1, "elevenchars", None, None, None, None)
    words, code = await client.error(long)
    assert "(ValidationOutOfBoundsError/135)" in words
    assert words.endswith('"elevenchars" is too long: 11, max 10.')
    assert code == 0


async def test_the_other_server_lets_the_lock_refuse_it(socket_enabled: None) -> None:
    async with FakeMatterServer(dialect=CHIP) as server, connected(server) as client:
        long = Commands.SetUser(0, 1, "elevenchars", None, None, None, None)
        words, _ = await client.error(long)
        assert words == "InteractionModelError: InvalidCommand (0x85)"


async def test_one_server_makes_commands_timed_by_itself(client: ServerClient) -> None:
    assert (await client.send(pin(CODE), timed=None))["status"] == 0


async def test_the_other_server_wants_them_timed(socket_enabled: None) -> None:
    async with FakeMatterServer(dialect=CHIP) as server, connected(server) as client:
        words, _ = await client.error(pin(CODE), timed=None)
        assert words == "InteractionModelError: NeedsTimedInteraction (0xc6)"
        assert server.node.lock.memory.credentials == {}
        assert (await client.send(pin(CODE)))["status"] == 0
        assert (await client.send(Commands.GetUser(1), timed=None))["userStatus"] == 1


async def test_the_other_server_makes_null_what_an_answer_leaves_out(
    socket_enabled: None,
) -> None:
    async with FakeMatterServer(dialect=CHIP) as server, connected(server) as client:
        held = await client.send(Commands.GetCredentialStatus(Credential(1, 3)))
        assert held["credentialData"] is None
        entry = await client.send(Commands.GetYearDaySchedule(1, 1))
        assert (entry["status"], entry["localStartTime"]) == (139, None)


async def test_what_the_lock_answers_has_no_pin_in_it(
    matter_server: FakeMatterServer, client: ServerClient
) -> None:
    await client.send(pin(CODE, 1))
    answers = [await client.send(pin(CODE, 2)), await client.send(Commands.GetUser(1))]
    matter_server.node.door.enter(OTHER)
    await client.settle()
    assert CODE not in repr((answers, client.seen))
    assert OTHER not in repr(client.seen)
