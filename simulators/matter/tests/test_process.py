"""The fake server as a process: control channel, state file, shutdown."""

from collections.abc import AsyncIterator
from pathlib import Path
import stat
from typing import Any

import aiohttp
import pytest

from simulators.matter.real import StackError
from simulators.matter.stack import FakeStack

pytestmark = pytest.mark.simulator

PIN, OTHER = "907153", "904862"


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[FakeStack]:
    async with FakeStack(tmp_path) as stack:
        yield stack


async def node_of(stack: FakeStack) -> dict[str, Any]:
    """Return the node as the server shows it to Home Assistant."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(stack.url) as socket,
    ):
        await socket.receive_json()
        await socket.send_json({"message_id": "1", "command": "get_nodes"})
        (node,) = (await socket.receive_json())["result"]
    assert isinstance(node, dict)
    return node


async def test_keypad_actions_change_the_lock_and_are_reported(
    stack: FakeStack,
) -> None:
    assert await stack.lock.act("program", pin=PIN, index=3) == 0
    assert await stack.lock.act("enter", pin=PIN)
    assert not await stack.lock.act("enter", pin=OTHER)
    await stack.lock.act("turn", unlock=False)

    held = await stack.lock.dump()
    assert await stack.lock.pins() == {3: PIN}
    assert held["lockState"] == 1
    (user,) = held["users"]
    assert user["credentials"] == [{"credentialType": 1, "credentialIndex": 3}]
    assert (await node_of(stack))["attributes"]["1/257/0"] == 1

    await stack.lock.reset()
    assert await stack.lock.pins() == {}


async def test_a_second_start_finds_the_lock_as_it_was(tmp_path: Path) -> None:
    async with FakeStack(tmp_path) as stack:
        await stack.lock.act("program", pin=PIN, index=3)
        await stack.lock.act("enter", pin=PIN)
        before = await stack.lock.dump()

    assert stat.S_IMODE((tmp_path / "lock.json").stat().st_mode) == 0o600
    async with FakeStack(tmp_path) as stack:
        assert await stack.lock.dump() == before
        assert before["lockState"] == 2
        assert await stack.lock.act("enter", pin=PIN)


async def test_the_server_comes_back_on_its_port_and_the_lock_goes_on(
    stack: FakeStack,
) -> None:
    await stack.stop_server()
    with pytest.raises(aiohttp.ClientError):
        await node_of(stack)
    await stack.lock.act("program", pin=PIN, index=3)

    await stack.start_server()
    await stack.start_server()

    assert (await node_of(stack))["available"]
    assert await stack.lock.pins() == {3: PIN}


@pytest.mark.parametrize("act", ["fly", "enter"])
async def test_unknown_actions_are_rejected(stack: FakeStack, act: str) -> None:
    with pytest.raises(StackError):
        await stack.lock.act(act)
    assert await stack.lock.pins() == {}


async def test_a_fault_of_a_name_that_is_not_known_is_refused(
    stack: FakeStack,
) -> None:
    await stack.lock.fault("SetUser", "slow", seconds=1, count=1)
    with pytest.raises(StackError):
        await stack.lock.fault("SetUser", "slower")
    assert await stack.lock.received() == []


async def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    stack = FakeStack(tmp_path)
    await stack.start()
    await stack.stop()
    await stack.stop()
    with pytest.raises(StackError):
        await stack.lock.dump()
