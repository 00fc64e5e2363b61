"""Stick and lock that are started again after a stop, a power cut or damage."""

from collections.abc import Callable, Iterator
import json
from pathlib import Path
from typing import Any

from homeassistant.components.zha.helpers import get_zha_gateway
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from simulators.common.door_lock.lockout import Lockout
from simulators.common.door_lock.schedules import Holiday, Span, WeekDay
from simulators.common.state_file import StateFile, StateFileError
from simulators.matter.real import StackError
from simulators.matter.stack import FakeStack
from simulators.zigbee import DoorLock, KeypadUser, Limits, LockNode, Mesh
from simulators.zigbee.conbee import ConBee
from simulators.zigbee.memory import Code
from simulators.zigbee.saved_state import restore, to_json
from simulators.zigbee.stick_process import StickProcess, ZigbeeSimulatorError
from simulators.zigbee.terms import Attribute, DoorState
from tests.harness.networks.zha import QUIET, add_entry, prompt_zha
from tests.harness.waiting import wait_for

from .recorders import CODE, OTHER

pytestmark = [pytest.mark.simulator]

LIMITS = Limits(pins=10, rfids=10, week_days_per_user=2, year_days_per_user=2)


def blank() -> tuple[ConBee, LockNode]:
    """Return a stick without a network, and a lock near it."""
    node = LockNode(DoorLock(LIMITS))
    return ConBee(Mesh([node])), node


def used() -> tuple[ConBee, LockNode]:
    """Return a stick and a lock of which nothing is as it was new."""
    stick, node = blank()
    stick.parameters[0x05] = b"\x12\x34"
    stick.keys[0] = bytes(range(16))
    stick.link_keys[bytes(8)] = b"k" * 16
    stick.endpoints[1] = b"\x05\x01"
    stick.network = 2
    node.joined, node.number, node.battery = True, 0x91, 40
    node.bound.update((1, 0x101))
    lock, memory = node.lock, node.lock.memory
    memory.pins[3] = Code(3, 0, CODE.encode())
    memory.rfids[4] = Code(1, 4, b"\x00\xffcard")
    memory.week_days[3, 1] = WeekDay(0x3E, (8, 0), (17, 30))
    memory.year_days[3, 0] = Span(800_000_000, 800_086_400)
    memory.holidays[2] = Holiday(Span(1, 2), 3)
    lock.written.update({Attribute.LANGUAGE: b"nl", Attribute.AUTO_RELOCK: 60})
    lock.set_door(DoorState.OPEN)
    KeypadUser(lock).turn(unlock=True)
    lock.lockout = Lockout(4, 1_790_000_000.5)
    return stick, node


def as_json(stick: ConBee, node: LockNode) -> Any:
    """Return what is written of them, as it is read from a file."""
    return json.loads(json.dumps(to_json(stick, [node])))


async def test_all_that_they_hold_comes_back() -> None:
    stick, node = used()
    held = as_json(stick, node)

    stick_again, node_again = blank()
    assert as_json(stick_again, node_again) != held
    restore(stick_again, [node_again], held)

    assert as_json(stick_again, node_again) == held
    assert stick_again.parameters == stick.parameters
    assert node_again.lock.memory == node.lock.memory
    assert node_again.lock.attributes() == node.lock.attributes()
    assert node_again.bound == node.bound


async def test_lock_that_the_state_file_lacks_is_new() -> None:
    stick, node = used()
    held = to_json(stick, [node])
    stranger = LockNode(DoorLock(LIMITS))
    held["nodes"][0][0] += 1
    restore(ConBee(Mesh([stranger])), [stranger], held)
    assert stranger.pins() == {}
    assert not stranger.joined


async def test_a_second_start_finds_the_lock_as_it_was(tmp_path: Path) -> None:
    process = StickProcess(state=tmp_path / "zigbee.json")
    async with process:
        assert await process.do("program", user=3, pin=CODE) == 0
        assert await process.do("enter", pin=CODE)
        assert not await process.do("enter", pin=OTHER)
        before = await process.do("truth")
    async with process:
        assert await process.do("truth") == before
        assert before["state"] == "UNLOCKED"
        assert await process.do("enter", pin=CODE)


async def test_a_power_cut_leaves_what_was_done_last(tmp_path: Path) -> None:
    process = StickProcess(state=tmp_path / "zigbee.json")
    await process.start()
    for user in range(20):
        assert await process.do("program", user=user, pin=str(907100 + user)) == 0
    await process.kill()
    (tmp_path / "zigbee.json.new").write_text('{"stick": {"param')
    async with process:
        assert await process.pins() == {user: str(907100 + user) for user in range(20)}


def _cut(text: str) -> str:
    return text[: len(text) // 2]


def _another(text: str) -> str:
    return json.dumps({"bolt": 1, "memory": {}})


def _without_a_lock(text: str) -> str:
    held = json.loads(text)
    held["nodes"][0][1].pop("lock")
    return json.dumps(held)


@pytest.mark.parametrize("damage", [_cut, _another, _without_a_lock])
async def test_whatever_is_wrong_with_the_file_it_is_damaged(
    tmp_path: Path, damage: Callable[[str], str]
) -> None:
    file = tmp_path / "zigbee.json"
    stick, node = used()
    StateFile(file).save(to_json(stick, [node]))
    file.write_text(damage(file.read_text()))
    fresh_stick, fresh_node = blank()
    with pytest.raises(StateFileError, match=r"zigbee\.json is damaged"):
        StateFile(file).load(lambda held: restore(fresh_stick, [fresh_node], held))


async def test_a_damaged_file_ends_the_process_with_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "zigbee.json"
    file.write_text('{"stick": {"parameters": [[1, "907153"')
    process = StickProcess(state=file, log=tmp_path / "zigbee.log")
    for _ in range(2):
        with pytest.raises(ZigbeeSimulatorError) as reported:
            await process.start()
        assert (
            str(reported.value)
            == f"{file} is damaged; without that file all begins anew"
        )
    file.unlink()
    async with process:
        assert await process.pins() == {}


async def test_matter_lock_reports_it_as_well(tmp_path: Path) -> None:
    (tmp_path / "lock.json").write_text('{"bolt": 1')
    with pytest.raises(StackError, match=r"lock\.json is damaged; without that file"):
        await FakeStack(tmp_path).start()


class TestUnderZha:
    """Home Assistant's ZHA finds the network again."""

    @pytest.fixture
    def expected_lingering_tasks(self) -> bool:
        """The driver leaves a scan of neighbours behind, a minute ahead."""
        return True

    @pytest.fixture(autouse=True)
    def is_prompt(self) -> Iterator[None]:
        """Nothing but the lock, without pauses."""
        with prompt_zha(Platform.LOCK):
            yield

    async def test_zha_finds_the_same_coordinator_and_lock(
        self, hass: HomeAssistant, tmp_path: Path
    ) -> None:
        process = StickProcess("--takes", "0", state=tmp_path / "zigbee.json")
        await process.start()
        entry = add_entry(hass, process.zha_path)
        config = {"database_path": str(tmp_path / "zigbee.db"), "zigpy_config": QUIET}
        assert await async_setup_component(hass, "zha", {"zha": config})
        await hass.async_block_till_done()
        await process.do("join")
        await wait_for(lambda: bool(hass.states.async_entity_ids("lock")))
        await hass.async_block_till_done()
        assert (await cluster(hass).set_pin_code(3, 1, 0, CODE)).status == 0
        assert await process.do("enter", pin=CODE)
        await wait_for(lambda: hass.states.async_all("lock")[0].state == "unlocked")
        # The reports of it have been confirmed by now
        assert (await cluster(hass).get_pin_code(3)).code == CODE
        before = network(hass)
        # a stick of the same address on another port, as after a restart of the host
        assert await hass.config_entries.async_unload(entry.entry_id)
        await process.stop()
        await process.start()
        device = {**entry.data["device"], "path": process.zha_path}
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, "device": device}
        )
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()

        assert entry.state is ConfigEntryState.LOADED
        after = network(hass)
        assert after.pop("counter") > before.pop("counter")
        assert after == before
        await wait_for(lambda: hass.states.async_all("lock")[0].state == "unlocked")
        assert (await cluster(hass).get_pin_code(3)).code == CODE
        assert "SET_PIN" not in await process.do("received")
        await hass.config_entries.async_unload(entry.entry_id)
        await process.stop()


def cluster(hass: HomeAssistant) -> Any:
    """Return zigpy's door lock cluster."""
    devices: list[Any] = [
        *get_zha_gateway(hass).application_controller.devices.values()
    ]
    (lock,) = (device for device in devices if device.nwk != 0)
    return lock.find_cluster(0x0101)


def network(hass: HomeAssistant) -> dict[str, Any]:
    """Return what zigpy knows of its network."""
    state = get_zha_gateway(hass).application_controller.state
    reported = state.network_info
    return {
        "ieee": state.node_info.ieee,
        "channel": reported.channel,
        "pan": (reported.pan_id, reported.extended_pan_id),
        "key": reported.network_key.key,
        "counter": reported.network_key.tx_counter,
    }
