"""Home Assistant's own ZHA integration on the simulated network, in one process."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
import pytest
from zigpy.exceptions import DeliveryError
from zigpy.zcl.foundation import ZCLAttributeDef

from simulators.zigbee import DoorLock, Identity, Limits, LockNode, Sleep
from simulators.zigbee.terms import LockState
from tests.harness.networks.zha import ZhaNetwork
from tests.harness.plugins.pin_scan import Secrecy
from tests.harness.waiting import wait_for

from .recorders import (
    CODE,
    OPERATION,
    OTHER,
    PROGRAMMING,
    ClusterRecorder,
    EventRecorder,
    store,
)


async def act(network: ZhaNetwork, service: str) -> None:
    """Use the lock entity."""
    entity = network.lock_entity().entity_id
    await network.hass.services.async_call(
        "lock", service, {"entity_id": entity}, blocking=True
    )
    await network.settle()


async def test_a_lock_that_pairs_has_a_device_and_an_entity_at_once(
    zha_network: ZhaNetwork,
) -> None:
    assert zha_network.entry.state is ConfigEntryState.LOADED
    assert zha_network.state() == "locked"
    device = zha_network.device()
    assert (device.manufacturer, device.model) == ("SimLock", "Sim Door Lock")
    assert 0x0101 in zha_network.node.bound


async def test_a_code_goes_in_and_out_through_the_cluster(
    zha_network: ZhaNetwork,
) -> None:
    cluster = zha_network.cluster()
    reply = await store(zha_network, 3, CODE)
    assert (type(reply).__name__, reply.status) == ("set_pin_code_response", 0)
    assert zha_network.node.pins() == {3: CODE}
    shown = await cluster.get_pin_code(3)
    assert (shown.user_id, shown.user_status, shown.code) == (3, 1, CODE)
    empty = await cluster.get_pin_code(4)
    assert (empty.user_status, empty.user_type, empty.code) == (0, 0xFF, "")
    assert (await cluster.clear_pin_code(3)).status == 0
    assert zha_network.node.pins() == {}


async def test_the_attributes_are_those_of_the_lock(zha_network: ZhaNetwork) -> None:
    names: list[int | str | ZCLAttributeDef] = [
        "num_of_pin_users_supported",
        "max_pin_len",
        "min_pin_len",
        "send_pin_ota",
        "rf_programming_event_mask",
        "num_of_week_day_schedules_supported_per_user",
    ]
    read, failed = await zha_network.cluster().read_attributes(names, allow_cache=False)
    assert not failed
    assert [int(value) for value in read.values()] == [30, 8, 4, 1, 0xFFFF, 0]


async def test_the_entity_moves_the_bolt_and_follows_it(
    zha_network: ZhaNetwork,
) -> None:
    await act(zha_network, "unlock")
    assert zha_network.node.lock.state is LockState.UNLOCKED
    assert zha_network.state() == "unlocked"
    zha_network.node.door.turn(unlock=False)
    await zha_network.settle()
    assert zha_network.state() == "locked"


async def test_jam_reports_unlocked(zha_network: ZhaNetwork) -> None:
    zha_network.node.door.jam()
    await zha_network.settle()
    assert zha_network.state() == "unlocked"


async def test_the_bus_adds_one_to_the_number_of_a_user(
    hass: HomeAssistant, zha_network: ZhaNetwork
) -> None:
    bus, listener = EventRecorder(hass), ClusterRecorder(zha_network)
    await store(zha_network, 3, CODE)
    zha_network.node.door.enter(CODE)
    await zha_network.settle()
    (reported,) = bus.received
    assert reported["command"] == "operation_event_notification"
    assert reported["args"] == {
        "source": "Keypad",
        "operation": "Unlock",
        "code_slot": 4,
    }
    assert [reported.user_id for reported in listener.of(OPERATION)] == [3]


async def test_event_of_an_unknown_user_has_a_slot_number(
    hass: HomeAssistant, zha_network: ZhaNetwork
) -> None:
    bus = EventRecorder(hass)
    zha_network.node.door.turn()
    await zha_network.settle()
    assert [reported["args"]["code_slot"] for reported in bus.received] == [0x10000]


async def test_programming_reaches_the_cluster_and_not_the_bus(
    hass: HomeAssistant, zha_network: ZhaNetwork
) -> None:
    bus, listener = EventRecorder(hass), ClusterRecorder(zha_network)
    await store(zha_network, 3, CODE)
    zha_network.node.door.program(7, OTHER)
    zha_network.node.door.program(7, "908431")
    zha_network.node.door.delete_pin(7)
    zha_network.node.door.delete_all_pins()
    await zha_network.settle()
    reported = [
        (event.program_event_source, event.program_event_code, event.user_id)
        for event in listener.of(PROGRAMMING)
    ]
    assert reported == [(1, 2, 3), (0, 2, 7), (0, 4, 7), (0, 3, 7), (0, 3, 0xFFFF)]
    assert bus.received == []


async def test_home_assistants_action_writes_one_below_and_ignores_refusals(
    hass: HomeAssistant, zha_network: ZhaNetwork
) -> None:
    entity = zha_network.lock_entity().entity_id
    for slot, code in ((1, CODE), (2, CODE), (3, OTHER)):
        await hass.services.async_call(
            "zha",
            "set_lock_user_code",
            {"entity_id": entity, "code_slot": slot, "user_code": code},
            blocking=True,
        )
    assert zha_network.node.pins() == {0: CODE, 2: OTHER}


async def test_a_reload_makes_another_cluster_and_the_old_one_is_deaf(
    zha_network: ZhaNetwork,
) -> None:
    before, listener = zha_network.cluster(), ClusterRecorder(zha_network)
    await store(zha_network, 3, CODE)
    listener.received.clear()
    await zha_network.reload()
    assert zha_network.cluster() is not before
    assert (await zha_network.cluster().get_pin_code(3)).code == CODE
    zha_network.node.door.enter(CODE)
    await zha_network.settle()
    assert listener.received == []
    assert zha_network.state() == "unlocked"


async def test_a_link_that_was_lost_comes_back_with_another_cluster(
    zha_network: ZhaNetwork,
) -> None:
    before = zha_network.cluster()
    await store(zha_network, 3, CODE)
    zha_network.mesh.unplug()
    await zha_network.hass.async_block_till_done()
    assert zha_network.entry.state is not ConfigEntryState.LOADED
    assert zha_network.state() == "unavailable"
    zha_network.node.door.turn()
    zha_network.mesh.plug()
    await zha_network.wait_until_loaded()
    assert zha_network.cluster() is not before
    assert (await zha_network.cluster().get_pin_code(3)).code == CODE
    # The entity goes on showing what was known before
    read, _ = await zha_network.cluster().read_attributes(
        ["lock_state"], allow_cache=False
    )
    assert read["lock_state"] == LockState.UNLOCKED


async def test_nothing_gets_out_of_a_stick_that_was_pulled(
    zha_network: ZhaNetwork,
) -> None:
    cluster = zha_network.cluster()
    zha_network.mesh.unplug()
    with pytest.raises(DeliveryError):
        await cluster.set_pin_code(3, 1, 0, CODE)
    zha_network.mesh.plug()
    await zha_network.wait_until_loaded()
    assert zha_network.node.pins() == {}


async def test_another_interview_makes_another_cluster_and_the_old_one_is_deaf(
    zha_network: ZhaNetwork,
) -> None:
    before, listener = zha_network.cluster(), ClusterRecorder(zha_network)
    await zha_network.reinterview()
    assert zha_network.cluster() is not before
    await store(zha_network, 3, CODE)
    assert zha_network.node.pins() == {3: CODE}
    await zha_network.settle()
    assert listener.received == []


async def test_a_lock_that_announces_itself_again_keeps_its_cluster(
    zha_network: ZhaNetwork,
) -> None:
    before = zha_network.cluster()
    zha_network.node.join()
    await zha_network.settle()
    assert zha_network.cluster() is before


class TestTwoLocks:
    """Locks differ in address, endpoint and capacity."""

    @pytest.fixture
    def zigbee_locks(self) -> list[LockNode]:
        """One like most, one whose cluster is not on endpoint 1."""
        other = Identity(
            ieee=0x000D6F0011223355, nwk=0x1234, model="Eleven", endpoint=11
        )
        return [LockNode(), LockNode(DoorLock(Limits(pins=4)), other)]

    async def test_each_is_a_device_with_its_own_codes(
        self, zha_network: ZhaNetwork
    ) -> None:
        first, second = zha_network.locks
        assert zha_network.lock_entity(first) != zha_network.lock_entity(second)
        cluster = zha_network.cluster(second)
        assert cluster.endpoint.endpoint_id == 11
        await cluster.set_pin_code(2, 1, 0, CODE)
        assert (first.pins(), second.pins()) == ({}, {2: CODE})

    async def test_lock_on_another_endpoint_reports(
        self, zha_network: ZhaNetwork
    ) -> None:
        _, second = zha_network.locks
        second.door.turn()
        await zha_network.settle()
        assert [zha_network.state(node) for node in zha_network.locks] == [
            "locked",
            "unlocked",
        ]


class TestSleepyLock:
    """A lock on batteries, that listens only now and then."""

    @pytest.fixture
    def zigbee_locks(self) -> list[LockNode]:
        """One that listens fifty times a second."""
        return [LockNode(sleep=Sleep(every=0.02, stays_awake=0.01))]

    @pytest.fixture
    def zha_platforms(self) -> tuple[Platform, ...]:
        """The lock, and what tells of its battery."""
        return (Platform.LOCK, Platform.SENSOR)

    async def test_battery_is_reported(
        self, hass: HomeAssistant, zha_network: ZhaNetwork
    ) -> None:
        def batteries() -> list[str]:
            return [
                state.state
                for state in hass.states.async_all("sensor")
                if state.attributes.get("device_class") == "battery"
            ]

        await wait_for(lambda: batteries() == ["85.0"], 2)

    async def test_it_takes_codes_when_it_listens(
        self, zha_network: ZhaNetwork
    ) -> None:
        assert zha_network.zigpy_device().node_desc.is_end_device
        for user in range(3):
            assert (await store(zha_network, user, f"90715{user}")).status == 0
        assert len(zha_network.node.pins()) == 3


async def test_no_pin_is_left_in_home_assistant(
    secrecy: Secrecy, zha_network: ZhaNetwork
) -> None:
    await store(zha_network, 3, CODE)
    zha_network.node.door.enter(CODE)
    zha_network.node.door.enter(OTHER)
    await zha_network.cluster().get_pin_code(3)
    await zha_network.settle()
    await secrecy.check(CODE, OTHER)
