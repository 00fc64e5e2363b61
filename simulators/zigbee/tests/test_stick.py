"""The simulated stick in a process of its own, and Home Assistant's ZHA on its real driver."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from homeassistant.components.zha.helpers import get_zha_gateway
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulators.zigbee.stick_process import StickProcess, ZigbeeSimulatorError
from tests.harness.networks.zha import QUIET, add_entry, prompt_zha
from tests.harness.waiting import wait_for

from .recorders import CODE, OTHER

pytestmark = [pytest.mark.simulator]


@pytest.fixture
def expected_lingering_tasks() -> bool:
    """The driver leaves a scan of neighbours behind, a minute ahead."""
    return True


@pytest.fixture
async def process() -> AsyncIterator[StickProcess]:
    """A stick that is blank, and a lock near it."""
    async with StickProcess("--takes", "0") as process:
        yield process


@pytest.fixture
async def entry(
    hass: HomeAssistant, process: StickProcess, tmp_path: Path
) -> AsyncIterator[MockConfigEntry]:
    """Home Assistant's ZHA on the stick, with the lock in its network."""
    entry = add_entry(hass, process.zha_path)
    config = {"database_path": str(tmp_path / "zigbee.db"), "zigpy_config": QUIET}
    with prompt_zha(Platform.LOCK):
        assert await async_setup_component(hass, "zha", {"zha": config})
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        await process.do("join")
        await wait_for(lambda: bool(hass.states.async_entity_ids("lock")))
        await hass.async_block_till_done()
        yield entry
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


def cluster(hass: HomeAssistant) -> Any:
    """Return zigpy's door lock cluster."""
    devices: list[Any] = [
        *get_zha_gateway(hass).application_controller.devices.values()
    ]
    (lock,) = (device for device in devices if device.nwk != 0)
    return lock.find_cluster(0x0101)


def state(hass: HomeAssistant) -> str:
    """Return the state of the lock entity."""
    (entity,) = hass.states.async_all("lock")
    return entity.state


async def test_codes_go_over_the_real_driver_and_outlive_the_link(
    hass: HomeAssistant, process: StickProcess, entry: MockConfigEntry
) -> None:
    assert (await cluster(hass).set_pin_code(3, 1, 0, CODE)).status == 0
    assert await process.pins() == {3: CODE}
    assert (await cluster(hass).get_pin_code(3)).code == CODE

    assert await process.do("enter", pin=CODE)
    await wait_for(lambda: state(hass) == "unlocked")
    assert not await process.do("enter", pin=OTHER)

    await process.do("fault", command="SET_PIN", fault="refused", status=2)
    assert (await cluster(hass).set_pin_code(4, 1, 0, OTHER)).status == 2
    await process.do("fault", command="*", fault="not_acknowledged", count=1)
    assert (await cluster(hass).set_pin_code(4, 1, 0, OTHER)).status == 0
    await process.do("traits", shows_codes=False)
    assert (await cluster(hass).get_pin_code(4)).code.raw == b"\xff" * 6
    assert await process.do("received") == [
        "SET_PIN", "GET_PIN", "SET_PIN", "SET_PIN", "SET_PIN", "GET_PIN",
    ]  # fmt: skip

    before = cluster(hass)
    states: list[ConfigEntryState] = []
    entry.async_on_state_change(lambda: states.append(entry.state))
    await process.do("drop")
    # how long it is not loaded depends on how fast the machine is
    await wait_for(lambda: states[-1:] == [ConfigEntryState.LOADED], 20)
    await hass.async_block_till_done()
    assert cluster(hass) is not before
    assert (await cluster(hass).clear_pin_code(3)).status == 0
    assert await process.pins() == {4: OTHER}
    # The reports of it have been confirmed by now
    assert (await cluster(hass).get_pin_code(3)).user_status == 0


async def test_control_channel_names_what_it_does_not_know(
    process: StickProcess,
) -> None:
    for request in (
        {"do": "dance"},
        {"do": "traits", "shows_code": True},
        {"do": "fault", "command": "SET_PIN", "fault": "nothing"},
        {"do": "fault", "command": "SET_PINS", "fault": "slow", "seconds": 1},
    ):
        with pytest.raises(ZigbeeSimulatorError):
            await process.do(**request)
    truth = await process.do("truth")
    assert (truth["joined"], truth["host"], truth["state"]) == (False, False, "LOCKED")


async def test_a_rig_ends_with_its_owner() -> None:
    process = StickProcess()
    await process.start()
    await process.stop()
    with pytest.raises(ZigbeeSimulatorError):
        await process.do("truth")
