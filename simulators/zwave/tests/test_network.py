"""The network as a whole: nodes, client, counters, resets and restarts."""

import asyncio
from contextlib import suppress
import time

import pytest
from zwave_js_server.const.command_class.access_control import SetCredentialResult
from zwave_js_server.model.driver import Driver

from simulators.zwave.network_process import NETWORKS, NetworkProcess, SimulatorError
from tests.harness.waiting import wait_for

from .conftest import GetLock, connected
from .lock_client import PIN, Lock
from .nodes import (
    U3C,
    U3C_SECURE,
    V1,
    V1_MASKED,
    V1_SECURE,
    V2,
    V2_MASKED,
    V2_SUPERVISED,
)

pytestmark = pytest.mark.simulator

SLOT, CODE = 5, "9071"
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
"""How a client begins a websocket."""


async def test_every_lock_is_ready_and_has_its_name(
    process: NetworkProcess, driver: Driver
) -> None:
    """All interviews complete, names as in the file."""
    assert process.health()["ready"]
    assert {node["id"]: node["driver"]["name"] for node in process.nodes()} == {
        2: "V1",
        3: "V2",
        4: "V2 supervised",
        5: "U3C",
        6: "V1 secure",
        7: "U3C without read-back",
        8: "V1 masked",
        9: "V2 masked",
        10: "U3C secure",
        11: "V1 spare",
        12: "V2 supervised spare",
        13: "U3C spare",
    }
    assert all(node.ready for node in driver.controller.nodes.values())
    assert driver.controller.nodes[V1].name == "V1"


@pytest.mark.parametrize("node", range(2, 14))
async def test_every_lock_takes_and_gives_up_a_code(lock: GetLock, node: int) -> None:
    """On the masked V2 lock the code lands without anyone saying so."""
    target = await lock(node)
    await target.add_user(SLOT)
    result = await target.set(SLOT, CODE)
    assert result is (
        SetCredentialResult.ERROR_UNKNOWN
        if node == V2_MASKED
        else SetCredentialResult.OK
    )
    assert target.held(SLOT) == CODE
    assert await target.clear(SLOT) is SetCredentialResult.OK
    assert target.held(SLOT) is None


@pytest.mark.parametrize("node", [V1, V2, V2_SUPERVISED, U3C, V1_SECURE, V1_MASKED])
async def test_a_reset_reaches_the_drivers_cache(lock: GetLock, node: int) -> None:
    """Codes, users, lock state, battery, faults and counters are as in the file, for both sides."""
    target = await lock(node)
    spec = target.process.truth(node)
    assert spec["faults"]["dropWrites"] is False
    before = [
        await target.api.get_credential_cached(PIN, slot) for slot in range(1, 11)
    ]
    await target.add_user(SLOT)
    await target.set(SLOT, CODE)
    await target.set(1, "9072")
    await target.act("keypad_unlock", userId=3)
    await target.act("battery", level=5)
    await target.fault(dropWrites=True, unansweredReads=True)

    assert await target.call(target.process.reset) == spec

    assert [
        await target.api.get_credential_cached(PIN, slot) for slot in range(1, 11)
    ] == before
    assert target.process.counts(node) == {
        "writes": 0,
        "clears": 0,
        "reads": 0,
        "other": 0,
    }
    if target.is_u3c:
        assert await target.api.get_user_cached(SLOT) is None


async def test_a_reset_revives_a_dead_lock_and_stops_what_was_planned(
    lock: GetLock,
) -> None:
    """A late commit of before does not come into the next test."""
    target = await lock(V1)
    await target.fault(commitDelayMs=700)
    await target.set(SLOT, CODE)
    await target.fault(dead=True)
    await target.call(target.process.reset)
    assert target.process.truth(V1)["driver"]["status"] == "alive"
    await target.act("unreported_set_code", slot=4, code="9073")
    await target.fault(commitDelayMs=800)
    await target.set(6, "9074")
    await wait_for(lambda: target.held(6) == "9074")
    assert target.held(SLOT) is None


@pytest.mark.parametrize(
    ("node", "counted"),
    [
        (V1, {"writes": 1, "clears": 1, "reads": 2}),
        (V2, {"writes": 1, "clears": 1, "reads": 2}),
        (V2_SUPERVISED, {"writes": 1, "clears": 1, "reads": 0}),
        (V1_SECURE, {"writes": 1, "clears": 1, "reads": 0}),
        (U3C, {"writes": 1, "clears": 1, "reads": 0}),
    ],
)
async def test_the_lock_counts_what_it_receives(
    lock: GetLock, node: int, counted: dict[str, int]
) -> None:
    """A set and a clear; unsupervised the driver reads back after each."""
    target = await lock(node)
    await target.add_user(SLOT)
    await target.call(target.process.reset_counts)
    await target.set(SLOT, CODE)
    await target.clear(SLOT)
    assert {
        name: count
        for name, count in target.process.counts(node).items()
        if name != "other"
    } == counted
    await target.api.get_credential(PIN, SLOT)
    assert target.process.counts(node)["reads"] == counted["reads"] + 1


@pytest.mark.parametrize("node", [V1, V2, V2_SUPERVISED, V1_SECURE, U3C])
async def test_the_frame_log_has_codes_only_for_those_who_ask(
    lock: GetLock, node: int
) -> None:
    """Slots always, codes never by default, in any spelling."""
    target = await lock(node)
    await target.add_user(SLOT)
    await target.call(target.process.reset_counts)
    await target.set(SLOT, CODE)
    frames = target.process.frames(node)
    assert any(frame.get("slot") == SLOT for frame in frames)
    reported = {"t", "cc", "slot", "enables", "erases"}
    assert all(set(frame) <= reported for frame in frames)
    assert CODE not in str(frames)
    assert CODE.encode().hex() not in str(frames)
    assert CODE in [
        frame.get("code") for frame in target.process.frames(node, codes=True)
    ]


async def test_the_server_comes_back_on_the_same_port(
    process: NetworkProcess, driver: Driver
) -> None:
    """Clients are dropped; the driver and its nodes live on."""
    assert driver.client.connected
    began = time.monotonic()
    await asyncio.to_thread(process.restart_server, 300)
    assert time.monotonic() - began >= 0.3
    await wait_for(lambda: not driver.client.connected)
    assert process.health()["ready"]
    assert process.health()["ws"] == process.websocket_url


async def test_no_client_keeps_the_server_from_coming_back(
    process: NetworkProcess, socket_enabled: None
) -> None:
    """One that never says goodbye, and one that connects while the server ends."""
    address = process.websocket_url.removeprefix("ws://").split(":")
    idle_reader, idle = await asyncio.open_connection(*address)
    idle.write(UPGRADE)
    await idle_reader.readuntil(b"\r\n\r\n")

    restarting = asyncio.create_task(asyncio.to_thread(process.restart_server))
    while b"\x88\x00" not in await idle_reader.read(4096):
        pass  # until the server says that it closes
    with suppress(OSError):  # on a busy machine it may be gone by now
        late_reader, late = await asyncio.open_connection(*address)
        late.write(UPGRADE)
        await late_reader.read(4096)
        late.close()

    await restarting
    assert process.health()["ready"]
    idle.close()
    async with connected(process):
        pass


async def test_it_is_ready_only_when_a_driver_that_a_fault_ended_is_back(
    process: NetworkProcess, driver: Driver, lock: GetLock
) -> None:
    """Not because the old driver has not ended yet."""
    target = await lock(V1)
    await target.fault(killDriverAtWrite=1)
    writing = asyncio.ensure_future(target.set(SLOT, CODE))
    await wait_for(lambda: not process.truth(V1)["faults"]["killDriverAtWrite"])

    await asyncio.to_thread(process.wait_until_ready)

    async with connected(process) as again:
        assert all(node.ready for node in again.controller.nodes.values())
    await asyncio.wait([writing])
    assert writing.cancelled() or writing.exception() is not None


async def test_restarts_that_are_asked_for_at_the_same_time_come_one_after_the_other(
    process: NetworkProcess, socket_enabled: None
) -> None:
    await asyncio.gather(
        asyncio.to_thread(process.restart_driver),
        asyncio.to_thread(process.restart_server),
        asyncio.to_thread(process.restart_driver),
    )
    assert process.health()["ready"]
    async with connected(process) as driver:
        assert all(node.ready for node in driver.controller.nodes.values())


async def test_a_client_can_connect_after_a_restart_of_the_server(
    lock: GetLock,
) -> None:
    """The fixture has connected anew."""
    target = await lock(V1)
    assert await target.set(SLOT, CODE) is SetCredentialResult.OK


async def test_the_driver_restarts_over_its_cache(
    process: NetworkProcess, socket_enabled: None
) -> None:
    """The locks keep their codes meanwhile."""
    await asyncio.to_thread(process.reset, V1_SECURE)
    process.act(V1_SECURE, "unreported_set_code", slot=SLOT, code=CODE)
    await asyncio.to_thread(process.restart_driver)
    assert process.health()["ready"]
    assert process.truth(V1_SECURE)["codes"][SLOT]["code"] == CODE
    assert process.truth(V1_SECURE)["driver"]["name"] == "V1 secure"


@pytest.mark.parametrize("node", [V1, V1_SECURE, U3C_SECURE])
async def test_every_lock_reports_right_after_a_driver_restart(
    process: NetworkProcess, driver: Driver, node: int
) -> None:
    """A secure lock's first report is understood too."""
    await asyncio.to_thread(process.restart_driver)
    await wait_for(lambda: not driver.client.connected)
    async with connected(process) as again:
        target = Lock(process, again.controller.nodes[node])
        await target.act("keypad_unlock", userId=3)
        assert await target.notifications() == [(6, {"userId": 3})]


async def test_the_driver_can_soft_reset_its_stick(
    driver: Driver, lock: GetLock
) -> None:
    """The client's own command; nodes stay ready."""
    await driver.async_soft_reset()
    target = await lock(V1)
    assert await target.set(SLOT, CODE) is SetCredentialResult.OK


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda process: process.truth(99), "no node 99"),
        (lambda process: process.faults(V1, gremlins=True), "unknown fault gremlins"),
        (
            lambda process: process.faults(V1, maskReads="?"),
            "fault maskReads cannot be",
        ),
        (
            lambda process: process.faults(V1, dropWrites=-1),
            "fault dropWrites cannot be",
        ),
        (lambda process: process.act(V1, "dance"), "unknown act dance"),
        (lambda process: process.act(V1, "keypad_set_code", slot=3), "needs code"),
    ],
)
@pytest.mark.usefixtures("socket_enabled")
def test_mistakes_are_named(
    process: NetworkProcess, call: object, message: str
) -> None:
    """A typing error in a test must not pass as a fault that does nothing."""
    assert callable(call)
    with pytest.raises(SimulatorError, match=message):
        call(process)


@pytest.mark.usefixtures("socket_enabled")
def test_the_demo_network_has_four_real_locks() -> None:
    """Names and makes as Home Assistant will show them, one unmanaged code."""
    with NetworkProcess(NETWORKS / "demo.json") as demo:
        nodes = demo.nodes()
    assert [
        (
            lock["driver"]["name"],
            lock["driver"]["manufacturer"],
            lock["driver"]["label"],
        )
        for lock in nodes
    ] == [
        ("Front door", "Yale", "YRD450-ZW3"),
        ("Back door", "Kwikset", "914C"),
        ("Garage", "Ultraloq", "U-BOLT-PRO-ZWAVE"),
        ("Shed", "Allegion", "BE468ZP"),
    ]
    assert [lock["profile"] for lock in nodes] == ["uc2-sup", "uc2", "u3c", "uc1-sup"]
    assert [list(lock["codes"]) for lock in nodes] == [[1], [], [], []]
    assert nodes[1]["faults"]["maskReads"] == "*"
