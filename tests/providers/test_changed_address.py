"""A lock entity that leads to another address than the accepted one is sent nothing."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.keyholder.model.lock_events import (
    AddressChanged,
    Connected,
    LockEvent,
)
from custom_components.keyholder.model.provider_io import LockAddress
from custom_components.keyholder.providers.base import (
    AddressChangedError,
    NotSupportedError,
)
from custom_components.keyholder.providers.zigbee2mqtt.description import (
    bridge_of,
    ieee_address_of,
)
from custom_components.keyholder.providers.zigbee2mqtt.target import topics_of
from tests.harness.providers.catalogue import params
from tests.harness.providers.codes import ANNA, SLOT, expect_no_code_in
from tests.harness.providers.provider_harness import ProviderHarness

IEEE = "0x000d6f0011223344"
ONE_OF_EACH = params("matter", "zha", "zigbee2mqtt", "zwave uc1")


def discovery(**changes: Any) -> dict[str, Any]:
    topic = "zigbee2mqtt/Front door"
    return {
        "availability": [{"topic": "zigbee2mqtt/bridge/state"}],
        "command_topic": f"{topic}/set",
        "state_topic": topic,
        "device": {"identifiers": [f"zigbee2mqtt_{IEEE}"]},
    } | changes


@pytest.mark.parametrize("harness_name", ONE_OF_EACH, indirect=True)
async def test_everything_stops_while_the_address_is_another(
    harness: ProviderHarness,
) -> None:
    """Clause 16.24: the same rule for every technology, before anything is sent."""
    provider, events = harness.provider, list[LockEvent]()
    before = await harness.codes()
    found = provider.address()
    assert found is not None
    other = replace(found, node=f"{found.node}9")
    provider.accept_address(other)
    unsubscribe = provider.subscribe(events.append)

    for call in (
        provider.async_probe(),
        provider.async_read([SLOT]),
        provider.async_write(SLOT, ANNA),
        provider.async_clear(SLOT),
    ):
        with pytest.raises(AddressChangedError) as caught:
            await call
        assert caught.value.address.node == found.node
        expect_no_code_in(caught.value)

    unsubscribe()
    assert [type(each) for each in events] == [AddressChanged]
    await harness.settle()
    assert await harness.operations() == 0
    assert await harness.codes() == before

    events.clear()
    provider.accept_address(replace(found, endpoint="another endpoint"))
    unsubscribe = provider.subscribe(events.append)
    await provider.async_write(SLOT, ANNA)
    assert SLOT in await harness.codes()
    unsubscribe()
    assert isinstance(events[0], Connected)
    assert not any(isinstance(each, AddressChanged) for each in events)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, LockAddress(IEEE, "", "zigbee2mqtt")),
        (
            {"device": {"identifiers": ["zigbee2mqtt_0x1"]}},
            LockAddress("0x1", "", "zigbee2mqtt"),
        ),
        ({"device": {}}, LockAddress("zigbee2mqtt/Front door", "", "zigbee2mqtt")),
        (
            {"command_topic": "zigbee2mqtt/Front door/left/set"},
            LockAddress(IEEE, "left", "zigbee2mqtt left"),
        ),
        (
            {
                "availability": [{"topic": "stranger/bridge/state"}],
                "state_topic": "stranger/Front door",
                "command_topic": "stranger/Front door/set",
            },
            LockAddress(IEEE, "", "stranger"),
        ),
        (
            {
                "state_topic": "zigbee2mqtt/Back door",
                "command_topic": "zigbee2mqtt/Back door/set",
            },
            LockAddress(IEEE, "", "zigbee2mqtt"),
        ),
    ],
)
def test_device_and_base_topic_are_the_address_and_the_name_is_not(
    changes: dict[str, Any], expected: LockAddress
) -> None:
    """Clause 16.24: what may change in a discovery without a question is the name alone."""
    assert topics_of(discovery(**changes)).lock_address == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"command_topic": "stranger/set"},
        {"command_topic": "zigbee2mqtt/Front door of a stranger/set"},
        {"state_topic": "stranger", "command_topic": "stranger/set"},
        {"availability": [{"topic": "stranger/bridge/state"}]},
        {"availability": "stranger"},
        {"state_topic": 7},
    ],
)
def test_topics_that_do_not_belong_together_are_no_lock(
    changes: dict[str, Any],
) -> None:
    """Clause 16.24: nothing is sent to a topic that is not the lock's own."""
    with pytest.raises(NotSupportedError):
        topics_of(discovery(**changes))


@pytest.mark.parametrize(
    ("devices", "address", "bridge"),
    [
        (
            [
                {"type": "Coordinator", "ieee_address": "0x1", "friendly_name": "C"},
                {"friendly_name": "Front door", "ieee_address": IEEE},
            ],
            IEEE,
            "0x1",
        ),
        ([{"friendly_name": "Back door", "ieee_address": IEEE}], None, ""),
        ([{"friendly_name": "Front door", "ieee_address": 7}], None, ""),
        ([{"type": "Coordinator", "ieee_address": ["0x1"]}], None, ""),
        ([7, None, "Front door"], None, ""),
        ({"friendly_name": "Front door"}, None, ""),
        (None, None, ""),
    ],
)
def test_the_bridge_says_which_device_has_a_name_and_which_stick_it_uses(
    devices: object, address: str | None, bridge: str
) -> None:
    """Clause 16.24: a name is followed as far as the bridge itself has it."""
    assert ieee_address_of("Front door", devices) == address
    assert bridge_of(devices) == bridge
