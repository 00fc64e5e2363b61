"""Home Assistant's own Matter integration on the fake server, in one process."""

import asyncio

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from matter_server.common.errors import MatterError, UnknownError
from matter_server.common.models import EventType
import pytest

from simulators.matter import CHIP, FOREIGN, DoorLock, FakeMatterServer, Node, invoke
from simulators.matter.faults import connection_closed, refused
from simulators.matter.terms import DoorState, LockState
from tests.harness.networks.matter import MatterNetwork
from tests.harness.plugins.pin_scan import Secrecy

from .lock_harness import CODE, OTHER
from .server_client import Commands, Credential, pin


@pytest.fixture
def matter_nodes() -> list[Node]:
    """A house with two locks on two nodes, the second with two doors."""
    return [Node(1), Node(2, {1: DoorLock(), 2: DoorLock()})]


async def act(network: MatterNetwork, service: str, **data: str) -> None:
    """Use the lock entity."""
    await network.hass.services.async_call(
        "lock",
        service,
        {"entity_id": network.lock_entity().entity_id, **data},
        blocking=True,
    )


def changed_by(network: MatterNetwork) -> str:
    """Return what Home Assistant says of who moved the bolt."""
    state = network.hass.states.get(network.lock_entity().entity_id)
    assert state
    return str(state.attributes["changed_by"])


async def test_every_lock_has_a_device_and_an_entity(
    matter_network: MatterNetwork,
) -> None:
    assert matter_network.entry.state is ConfigEntryState.LOADED
    assert matter_network.device(1).id != matter_network.device(2).id
    for node, endpoint in ((1, 1), (2, 1), (2, 2)):
        assert matter_network.state(node, endpoint) == "locked"


async def test_the_entity_follows_the_keypad_and_the_thumbturn(
    matter_network: MatterNetwork,
) -> None:
    await matter_network.command(pin(CODE))
    door = matter_network.node.door
    assert door.enter(CODE)
    await matter_network.settle()
    assert matter_network.state() == "unlocked"
    assert changed_by(matter_network) == "Keypad"
    door.turn(unlock=False)
    await matter_network.settle()
    assert matter_network.state() == "locked"
    assert changed_by(matter_network) == "Manual"


async def test_the_entity_moves_the_bolt(matter_network: MatterNetwork) -> None:
    await act(matter_network, "unlock")
    assert matter_network.node.lock.state == LockState.UNLOCKED
    await matter_network.settle()
    assert matter_network.state() == "unlocked"
    assert changed_by(matter_network) == "Remote"


async def test_a_wrong_code_by_the_entity_is_an_error(
    matter_network: MatterNetwork,
) -> None:
    with pytest.raises(HomeAssistantError, match=r"Failure \(code 1\)"):
        await act(matter_network, "unlock", code=OTHER)
    assert matter_network.node.lock.state is LockState.LOCKED


async def test_jam_reports_unlocked_and_an_alarm(
    matter_network: MatterNetwork,
) -> None:
    reported: list[int] = []
    matter_network.client.subscribe_events(
        lambda _, event: reported.append(event.event_id),
        event_filter=EventType.NODE_EVENT,
    )
    matter_network.node.door.jam()
    await matter_network.settle()
    assert matter_network.state() == "unlocked"
    assert reported == [0]


async def test_home_assistants_own_actions_work(
    hass: HomeAssistant, matter_network: MatterNetwork
) -> None:
    entity = matter_network.lock_entity().entity_id

    async def action(name: str, answers: bool = True, **data: object) -> object:
        answer = await hass.services.async_call(
            "matter",
            name,
            {"entity_id": entity, **data},
            blocking=True,
            return_response=answers,
        )
        return answer[entity] if answer else None

    info = await action("get_lock_info")
    assert isinstance(info, dict)
    assert (info["max_users"], info["max_credentials_per_user"]) == (20, 5)
    await action("set_lock_user", answers=False, user_name="Ann")
    made = await action(
        "set_lock_credential", credential_type="pin", credential_data=CODE, user_index=1
    )
    assert isinstance(made, dict)
    assert made["credential_index"] == 1
    users = await action("get_lock_users")
    assert isinstance(users, dict)
    assert users["users"][0]["user_name"] == "Ann"
    with pytest.raises(HomeAssistantError, match="duplicate"):
        await action("set_lock_credential", credential_type="pin", credential_data=CODE)
    await action("clear_lock_user", answers=False, user_index=1)
    assert matter_network.node.lock.memory.credentials == {}


async def test_what_another_fabric_made_cannot_be_renamed_by_home_assistant(
    hass: HomeAssistant, matter_network: MatterNetwork
) -> None:
    lock = matter_network.node.lock
    invoke(
        lock, "SetUser", {"operationType": 0, "userIndex": 4, "userName": "B"}, FOREIGN
    )
    with pytest.raises(HomeAssistantError, match=r"code 133"):
        await hass.services.async_call(
            "matter",
            "set_lock_user",
            {
                "entity_id": matter_network.lock_entity().entity_id,
                "user_index": 4,
                "user_name": "mine",
            },
            blocking=True,
        )
    assert lock.memory.users[4].name == "B"


async def test_status_arrives_as_unknown_error_with_text(
    matter_network: MatterNetwork,
) -> None:
    matter_network.node.faults.add("SetCredential", refused(0x9C))
    with pytest.raises(UnknownError, match=r"^Busy \(code 156\)$"):
        await matter_network.command(pin(CODE))
    with pytest.raises(MatterError, match=r"^Invalid command \(code 133\)$"):
        await matter_network.command(Commands.ClearCredential(Credential(1, 1)))


async def test_home_assistant_loads_on_the_older_server_too(
    matter_network: MatterNetwork, matter_server: FakeMatterServer
) -> None:
    matter_server.dialect = CHIP
    await matter_network.drop_connection()
    with pytest.raises(UnknownError, match=r"^InteractionModelError: .*\(0x85\)$"):
        await matter_network.command(Commands.ClearCredential(Credential(1, 1)))


async def test_lost_connection_raises_cancelled_error_in_flight(
    matter_network: MatterNetwork,
) -> None:
    matter_network.node.faults.add("SetCredential", connection_closed())
    sending = asyncio.create_task(matter_network.command(pin(CODE)))
    await asyncio.wait([sending])
    assert sending.cancelled()
    assert sending.cancelling() == 0
    await matter_network.wait_until_connected()
    answer = await matter_network.command(
        Commands.GetCredentialStatus(Credential(1, 1))
    )
    assert answer["credentialExists"]
    assert matter_network.state() == "locked"


async def test_home_assistant_reconnects_after_the_server_restarts(
    matter_network: MatterNetwork, matter_server: FakeMatterServer
) -> None:
    await matter_server.stop()
    matter_network.node.door.turn()
    await matter_server.start()
    await matter_network.wait_until_connected()
    assert matter_network.state() == "unlocked"
    assert changed_by(matter_network) == "Unknown"


async def test_a_stale_picture_after_a_restart_is_put_right_by_a_read(
    matter_network: MatterNetwork, matter_server: FakeMatterServer
) -> None:
    await matter_server.stop(keep_stale=True)
    matter_network.node.door.turn()
    await matter_server.start()
    await matter_network.wait_until_connected()
    assert matter_network.state() == "locked"
    read = await matter_network.client.read_attribute(1, "1/257/0")
    assert read == {"1/257/0": LockState.UNLOCKED}


async def test_unreachable_lock_is_unavailable_and_returns(
    matter_network: MatterNetwork,
) -> None:
    matter_network.node.set_available(False)
    await matter_network.settle()
    assert matter_network.state() == "unavailable"
    matter_network.node.door.turn()
    matter_network.node.set_available(True)
    await matter_network.settle()
    assert matter_network.state() == "unlocked"


async def test_a_lock_that_does_not_know_its_bolt_yet_is_unknown(
    matter_network: MatterNetwork,
) -> None:
    matter_network.node.lock.move(None)
    await matter_network.settle()
    assert matter_network.state() == "unknown"


class TestWithDoorSensor:
    """The platforms of the entry may be chosen."""

    @pytest.fixture
    def matter_platforms(self) -> tuple[Platform, ...]:
        """The lock, and what tells of the door."""
        return (Platform.LOCK, Platform.BINARY_SENSOR)

    async def test_the_door_sensor_follows_the_door(
        self, hass: HomeAssistant, matter_network: MatterNetwork
    ) -> None:
        doors = [
            state.entity_id
            for state in hass.states.async_all("binary_sensor")
            if state.attributes.get("device_class") == "door"
        ]
        assert len(doors) == 3
        matter_network.node.door.push(DoorState.OPEN)
        await matter_network.settle()
        states = [hass.states.get(door) for door in doors]
        assert sorted(state.state for state in states if state) == ["off", "off", "on"]


async def test_no_pin_is_left_in_home_assistant(
    secrecy: Secrecy, matter_network: MatterNetwork
) -> None:
    await matter_network.command(pin(CODE))
    matter_network.node.door.enter(CODE)
    matter_network.node.door.enter(OTHER)
    await matter_network.command(Commands.GetUser(1))
    await matter_network.settle()
    await secrecy.check(CODE, OTHER)
