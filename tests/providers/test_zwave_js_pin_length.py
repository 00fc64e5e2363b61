"""Clause 16.16: how many digits a Z-Wave lock takes, and from where that is known."""

from typing import Any

import pytest
from zwave_js_server.event import Event
from zwave_js_server.model.node import Node

from custom_components.keyholder.model.lock_events import Connected
from custom_components.keyholder.model.pin_lengths import PinLengths
from tests.harness.providers.zwave_lock import U3C, UC1, ZWaveLock, alone_on, on

pytestmark = pytest.mark.simulator

SCHLAGE = 0x003B


async def lengths(lock: ZWaveLock) -> PinLengths:
    return (await lock.provider.async_probe()).pin_lengths


@on(UC1, U3C)
async def test_the_driver_knows_what_the_lock_or_its_command_class_allows(
    lock: ZWaveLock,
) -> None:
    reported = {UC1: PinLengths(4, 10), U3C: PinLengths(4, 8)}
    assert await lengths(lock) == reported[lock.node]


def report_length(node: Node, length: object, *, added: bool) -> None:
    """Let the server tell the parameter that sets the length of all PINs."""
    kind = "value added" if added else "value updated"
    args: dict[str, Any] = {
        "commandClassName": "Configuration",
        "commandClass": 112,
        "endpoint": 0,
        "property": 16,
        "propertyName": "User Code PIN Length",
        "newValue": length,
        "prevValue": None,
    }
    if added:
        args["metadata"] = {"type": "number", "readable": True, "writeable": True}
    data = {"source": "node", "event": kind, "nodeId": node.node_id, "args": args}
    node.receive_event(Event(kind, data))


@alone_on(UC1)
async def test_a_parameter_that_sets_the_length_is_followed(
    own_lock: ZWaveLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Schlage takes codes of one length, and deletes all when it is changed."""
    client = own_lock.network.entry.runtime_data.client
    node = client.driver.controller.nodes[own_lock.node]

    report_length(node, 6, added=True)
    assert own_lock.events == []
    assert await lengths(own_lock) == PinLengths(4, 10)

    monkeypatch.setitem(node.data, "manufacturerId", SCHLAGE)
    assert await lengths(own_lock) == PinLengths.fixed(6)

    report_length(node, 8, added=False)
    assert own_lock.events == [Connected()]
    assert await lengths(own_lock) == PinLengths.fixed(8)

    for nonsense in (None, 0, 3, True, "eight"):
        report_length(node, nonsense, added=False)
        assert await lengths(own_lock) == PinLengths(4, 10)
