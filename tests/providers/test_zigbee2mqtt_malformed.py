"""What somebody else who can publish to the broker sends instead of Zigbee2MQTT."""

from collections.abc import Iterator
from datetime import UTC, datetime
import json
from typing import Any

from homeassistant.components import mqtt
from hypothesis import given, strategies as st
import pytest

from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    LockOperated,
    SlotChanged,
)
from custom_components.keyholder.providers.base import ProviderError
from custom_components.keyholder.providers.zigbee2mqtt.decoder import (
    KNOWN,
    PublishedState,
    decode_action,
    is_new_for_user,
    is_unrelated,
    read_user,
    user_in,
)
from custom_components.keyholder.providers.zigbee2mqtt.description import describe
from custom_components.keyholder.providers.zigbee2mqtt.messages import (
    MAX_STATE_BYTES,
    MalformedMessageError,
    decode_json,
    decode_state,
)
from custom_components.keyholder.providers.zigbee2mqtt.subscription import (
    ActionDeduplicator,
    JamDetector,
)
from custom_components.keyholder.providers.zigbee2mqtt.target import topics_of
from tests.harness.providers.codes import SLOT
from tests.harness.providers.zigbee2mqtt_lock import Zigbee2MqttLock

NOW = datetime(2026, 12, 1, tzinfo=UTC)
KEYS = (
    *("users", "action", "action_user", "action_source", "action_source_name"),
    *("status", "pin_code", "lock_state", "state", str(SLOT), "elapsed"),
    *("friendly_name", "ieee_address", "type", "definition", "exposes", "name"),
    *("config", "devices", "device_options", "advanced", "filtered_cache", "vendor"),
    *("availability", "topic", "command_topic", "state_topic", "device"),
    "identifiers",
)
TEXTS = st.one_of(
    st.text(max_size=4),
    st.sampled_from([*KEYS, *sorted(KNOWN), "enabled", "available", "Front door"]),
    st.sampled_from(["a/bridge/state", "a/set", "a", "zigbee2mqtt_0x1", "Coordinator"]),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -1, SLOT, 0xFFFF, 0x10000]),
    st.floats(),
    TEXTS,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), TEXTS), inner, max_size=5),
    ),
    max_leaves=12,
)


def nested(depth: int) -> str:
    return '{"users":' * depth + "{}" + "}" * depth


def handle_state(state: object, before: PublishedState | None) -> PublishedState | None:
    """Do with a state all that is done with one, and check what comes of it."""
    user = user_in(state, SLOT)
    is_unrelated(state, before)
    for users_cached in (True, False):
        is_new_for_user(state, SLOT, before, users_cached=users_cached)
    if user is not None:
        read_user(user)
    if not isinstance(state, dict):
        return before
    JamDetector().jammed(state, NOW)
    deduplicator = ActionDeduplicator()
    deduplicator.is_duplicate(state)
    assert deduplicator.is_duplicate(state)
    event = decode_action(state, None, NOW)
    if isinstance(event, LockOperated | AccessDenied | SlotChanged):
        assert event.slot is None or type(event.slot) is int
        assert event.slot is None or 0 <= event.slot <= 0xFFFF
    return PublishedState.from_payload(state)


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_whatever_is_published_as_a_state_is_handled_or_dropped(
    values: list[Any],
) -> None:
    """Clause 16.26: no JSON of any shape makes a handler of the lock's state fail."""
    before = None
    for value in values:
        try:
            state = decode_state(json.dumps(value))
        except MalformedMessageError:
            continue
        before = handle_state(state, before)


@given(VALUES, VALUES)
def test_whatever_is_published_about_the_bridge_is_handled_or_dropped(
    devices: Any, info: Any
) -> None:
    """Clause 16.26: no JSON of any shape makes a handler of the bridge's topics fail."""
    try:
        decoded = decode_json(json.dumps(devices)), decode_json(json.dumps(info))
    except MalformedMessageError:
        return
    for payload in decoded:
        try:
            describe("Front door", *decoded)
            if isinstance(payload, dict):
                topics_of(payload)
        except ProviderError:
            continue


def test_deep_values_of_the_bridge_are_not_looked_into() -> None:
    """Clause 16.26: the bridge's topics are long, so their depth is not measured."""
    deep = decode_json("[" * 5000 + "]" * 5000)
    exposes = [{"name": "pin_code"}, deep]
    device = {
        "friendly_name": "Front door",
        "ieee_address": deep,
        "definition": {"vendor": deep, "model": deep, "exposes": exposes},
    }
    options = {"expose_pin": deep, "filtered_cache": [deep]}
    info = {"config": {"devices": {"0x1": deep}, "device_options": options}}

    assert describe("Front door", [deep, device], info).publishes_cached_users


@given(st.binary(max_size=40))
def test_bytes_that_are_no_json_are_dropped(raw: bytes) -> None:
    """Clause 16.26: neither text nor bytes that are no JSON are an error."""
    try:
        handle_state(decode_state(raw), None)
    except MalformedMessageError:
        return


def malformed() -> Iterator[str | bytes]:
    yield from (nested(17), nested(900), nested(100_000), "[" * 1_000_000)
    yield from ('{"a":' + "[" * 16 + "]" * 16 + "}", '{"a": NaN}', '{"a": -Infinity}')
    yield from ("{", "7", "[]", "true", '"online"', b"\xff\xfe\x00", "9" * 5000)
    yield json.dumps({"x": "y" * MAX_STATE_BYTES})
    ids: list[object] = [True, False, 1.0, 1.5, "1", [], {}, -1, 0x10000, 10**400]
    for user in ids:
        yield json.dumps({"action": "pin_code_added", "action_user": user})
    users_of: list[object] = [7, True, "1", [], {"1": 7}, {"1": True}, {"1": []}]
    for users in users_of:
        yield json.dumps({"users": users})
    actions: list[object] = [7, True, [], {}]
    for action in actions:
        yield json.dumps({"action": action})


@pytest.mark.parametrize("raw", malformed())
def test_a_malformed_state_is_dropped_with_a_reason_that_quotes_nothing(
    raw: str | bytes,
) -> None:
    """Clause 16.26: depth, size, and numbers or booleans in the place of users."""
    with pytest.raises(MalformedMessageError) as caught:
        decode_state(raw)

    assert len(str(caught.value)) < 80
    assert caught.value.__cause__ is None


async def test_malformed_messages_are_logged_once_an_hour_and_the_rest_is_handled(
    zigbee2mqtt_lock: Zigbee2MqttLock, caplog: pytest.LogCaptureFixture
) -> None:
    """Clause 16.26: no exception, one line, and the lock is managed as before."""
    hass, topic = zigbee2mqtt_lock.network.hass, "zigbee2mqtt/Front door"
    for raw in ("[" * 200_000, '{"action": "unlock", "action_user": true}', "{", ""):
        await mqtt.async_publish(hass, topic, raw)
    await zigbee2mqtt_lock.settle()

    ours = [each for each in caplog.records if "keyholder" in each.name]
    (line,) = (each for each in ours if each.levelname != "DEBUG")
    assert "lock.front_door: a message at" in line.getMessage()
    assert zigbee2mqtt_lock.news == []
    await zigbee2mqtt_lock.write()
    assert zigbee2mqtt_lock.node.pins() != {}
