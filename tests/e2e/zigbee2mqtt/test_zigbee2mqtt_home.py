"""A lock of Zigbee2MQTT in a real Home Assistant: the stand-in always, the real one in full."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from simulators.demo.demo_site import DemoSite
from simulators.demo.secrecy import find_secrets
from simulators.zigbee2mqtt.real import unavailable_reason
from tests.harness.e2e.zigbee2mqtt.bridges import Real, StandIn
from tests.harness.e2e.zigbee2mqtt.processes import Zigbee2MqttProcesses
from tests.harness.sampling import FULL

pytestmark = pytest.mark.timeout(300)

ANN, BEN, CLEO = "907153", "904862", "905291"
FOREIGN, THEIRS = "906677", "906611"
OTHERS = 21
"""A slot that is nobody's."""
WRONG = "900000"
SHOWN = {"expose_pin": True, "filtered_cache": ["users"]}


@pytest.fixture(params=["stand-in", "real"])
async def processes(
    request: pytest.FixtureRequest, real_sockets: None, tmp_path: Path
) -> AsyncIterator[Zigbee2MqttProcesses]:
    """Home Assistant, Zigbee2MQTT and the lock."""
    if request.param == "real":
        if not FULL:
            pytest.skip("the real Zigbee2MQTT is for script/test --full")
        if reason := unavailable_reason():
            pytest.skip(f"there is no real Zigbee2MQTT: {reason.strip()}")
    bridge = Real(tmp_path / "bridge") if request.param == "real" else StandIn()
    async with Zigbee2MqttProcesses(tmp_path / "stage", bridge) as processes:
        yield processes


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Return once the condition holds; fail if it does not in time."""
    deadline = monotonic() + seconds
    while not await condition():
        assert monotonic() < deadline, "the condition did not come true in time"
        await asyncio.sleep(0.1)


async def until_held(processes: Zigbee2MqttProcesses, *pins: str) -> None:
    """Wait until these PINs are in the lock, and no others."""

    async def is_so() -> bool:
        return sorted((await processes.bridge.pins()).values()) == sorted(pins)

    await until(is_so)


async def reported(
    processes: Zigbee2MqttProcesses, do: str, kind: str, **details: Any
) -> dict[str, Any]:
    """Do something at the door; return what is fired of the first that is of this kind."""
    used = await processes.client.subscribe_events("keyholder_access")
    await processes.bridge.do(do, **details)
    event = await used.wait_for(lambda event: event["data"]["type"] == kind, 20)
    await used.unsubscribe()
    data: dict[str, Any] = event["data"]
    return data


async def is_proven(
    processes: Zigbee2MqttProcesses, name: str, evidence: str = "value"
) -> Mapping[str, Any]:
    """Wait until somebody's code is in sync by this evidence; return the attributes."""
    demo_site = DemoSite(processes.client)
    sensor = await demo_site.slot_sensor(name, "")

    return await processes.client.wait_for(
        lambda states: (
            states[sensor].attributes
            if states[sensor].state == "in_sync"
            and states[sensor].attributes["evidence"] == evidence
            else None
        ),
        90,
    )


async def is_reachable(processes: Zigbee2MqttProcesses) -> None:
    """Wait until the lock has answered: what is proven is shown before it has, after a start."""
    await processes.client.wait_for(
        lambda states: next(
            (True for state in states.values() if state.attributes.get("reachable")),
            None,
        ),
        60,
    )


async def show_codes(processes: Zigbee2MqttProcesses) -> None:
    """Do what the repair asks for, and wait until it is gone."""
    repairs = await processes.client.repairs("keyholder")
    assert [each["translation_key"] for each in repairs] == ["codes_hidden"]
    await processes.set_options(**SHOWN)

    async def is_reported_no_more() -> bool:
        return not await processes.client.repairs("keyholder")

    await until(is_reported_no_more)
    lock = await processes.lock()
    await processes.client.call_service(
        "keyholder", "verify", target={"entity_id": lock}
    )


async def change_things_while_it_is_dead(
    processes: Zigbee2MqttProcesses, demo_site: DemoSite, slot: int
) -> None:
    """Kill Zigbee2MQTT; add somebody, change a code at the lock, and start it again."""
    await processes.bridge.kill()
    await processes.client.wait_for_state(
        await processes.find_lock(), "unavailable", 30
    )
    await demo_site.add_person("Ben", pin=BEN)
    assert BEN not in (await processes.bridge.pins()).values()
    await processes.bridge.do("program", user=slot, pin=FOREIGN)
    await processes.bridge.revive()


async def test_codes_are_written_proven_used_watched_and_taken_away(
    processes: Zigbee2MqttProcesses,
) -> None:
    demo_site = await processes.manage()
    await demo_site.add_person("Ann", pin=ANN)
    await is_proven(processes, "Ann", "presence")
    await show_codes(processes)
    slot = (await is_proven(processes, "Ann"))["slot"]
    assert await processes.bridge.pins() == {slot: ANN}

    used = await reported(processes, "enter", "unlocked", pin=ANN)
    assert (used["person"], used["slot"]) == ("Ann", slot)
    assert (await reported(processes, "enter", "denied", pin=WRONG))["person"] is None
    added = await reported(processes, "program", "code_added", user=OTHERS, pin=THEIRS)
    assert (added["slot"], added["person"]) == (OTHERS, None)

    await change_things_while_it_is_dead(processes, demo_site, slot)
    await is_proven(processes, "Ben")
    await until_held(processes, ANN, BEN, THEIRS)

    await processes.home_assistant.stop()
    await processes.start_home_assistant()
    demo_site = DemoSite(processes.client)
    await is_proven(processes, "Ann")
    await is_proven(processes, "Ben")
    await is_reachable(processes)
    assert await demo_site.clear_and_remove("Ann") == "removed"
    await until_held(processes, BEN, THEIRS)

    await demo_site.add_person("Cleo", pin=CLEO)
    await is_proven(processes, "Cleo")
    assert not await find_secrets(processes, [ANN, BEN, CLEO, FOREIGN, THEIRS])
