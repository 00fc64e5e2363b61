"""The fake publishes as Zigbee2MQTT 2.14.1 does."""

import asyncio
import json

import pytest

from simulators.zigbee import Command, Mask, Presence, Stored
from simulators.zigbee.faults import default_response, refused, reply_lost
from simulators.zigbee.terms import LockState, Operation, Source
from simulators.zigbee2mqtt import FakeZigbee2Mqtt

from .requests import STATE, PublishedMessages, get_pin, send, set_pin

LOGGING = "zigbee2mqtt/bridge/logging"
PIN = "0907"


def failures(published: PublishedMessages) -> list[str]:
    return [
        each["message"] for each in published.of(LOGGING) if each["level"] == "error"
    ]


async def test_a_set_publishes_nothing_of_the_user_and_a_get_does(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    bridge.device.options["expose_pin"] = True
    published.of()

    await set_pin(bridge, 3, PIN)
    assert bridge.device.node.pins() == {3: PIN}
    assert published.users() == [None]
    await get_pin(bridge, 3)
    assert published.users() == [{"3": {"status": "enabled", "pin_code": PIN}}]


async def test_a_pin_is_published_only_if_it_is_to_be(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    await set_pin(bridge, 3, PIN)
    published.of()

    await get_pin(bridge, 3)
    await send(bridge, "get", {"user_status": {"user": 3}})

    assert published.users() == [{"3": {"status": "enabled"}}] * 2


async def test_the_state_is_asked_of_the_lock_itself(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    bridge.device.node.lock.state = LockState.UNLOCKED
    published.of()

    await send(bridge, "get", {"state": ""})

    (state,) = published.of(STATE)
    assert (state["state"], state["lock_state"]) == ("UNLOCK", "unlocked")
    assert failures(published) == []


async def test_cached_state_is_republished_after_the_birth_message(
    bridge: FakeZigbee2Mqtt,
    published: PublishedMessages,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("simulators.zigbee2mqtt.bridge.REPUBLISH_DELAY", 0.01)
    await get_pin(bridge, 3)
    published.of()

    bridge.broker.publish("homeassistant/status", "online")
    await asyncio.sleep(0.05)

    assert published.users() == [{"3": {"status": "available"}}]


async def test_a_number_loses_its_zeros(bridge: FakeZigbee2Mqtt) -> None:
    await send(bridge, "set", '{"pin_code": {"user": 3, "pin_code": 9071}}')

    assert bridge.device.node.pins() == {3: "9071"}


async def test_everything_is_repeated_with_everything(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    bridge.device.options["expose_pin"] = True
    await set_pin(bridge, 3, PIN)
    await get_pin(bridge, 3)
    await set_pin(bridge, 3, None)
    published.of()

    bridge.device.node.door.turn()
    await bridge.settle()
    assert published.users() == [{"3": {"status": "enabled", "pin_code": PIN}}] * 2
    await get_pin(bridge, 3)
    assert published.users() == [{"3": {"status": "available", "pin_code": ""}}]


async def test_what_is_not_cached_is_not_repeated(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    bridge.set_options(bridge.device, expose_pin=True, filtered_cache=["users"])
    await set_pin(bridge, 3, PIN)
    await get_pin(bridge, 3)
    await set_pin(bridge, 3, None)
    published.of()

    bridge.device.node.door.turn()
    await bridge.settle()
    assert published.users() == [None, None]
    await get_pin(bridge, 3)
    assert published.users() == [{"3": {"status": "available", "pin_code": ""}}]


@pytest.mark.parametrize(
    "answer",
    [refused(Stored.MEMORY_FULL), refused(Stored.DUPLICATE), default_response()],
)
async def test_refusal_is_not_published(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages, answer: object
) -> None:
    bridge.device.node.faults.add(Command.SET_PIN, answer)  # type: ignore[arg-type]
    published.of()

    await set_pin(bridge, 3, PIN)

    assert [each.topic for each in bridge.broker.log[-1:]] == [f"{STATE}/set"]
    assert bridge.device.node.pins() == {}


@pytest.mark.parametrize("why", ["no answer", "unreachable"])
async def test_missing_answer_is_logged_only_with_the_pin(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages, why: str
) -> None:
    node = bridge.device.node
    if why == "unreachable":
        node.presence = Presence.UNREACHABLE
    else:
        node.faults.add(Command.SET_PIN, reply_lost())
    published.of()

    await set_pin(bridge, 3, PIN)

    (message,) = failures(published)
    begin = "z2m: Publish 'set' 'pin_code' to 'Front door' failed: 'Error: ZCL command"
    assert message.startswith(begin)
    assert f'"pincodevalue":"{PIN}"' in message


async def test_user_beyond_the_model_is_logged_only(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    published.of()

    await get_pin(bridge, 250)

    (message,) = failures(published)
    assert "must be in range" in message
    assert bridge.device.node.received == []


async def test_codes_that_the_lock_masks_are_no_digits(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    bridge.device.options["expose_pin"] = True
    traits = bridge.device.node.lock.traits
    await set_pin(bridge, 3, PIN)
    traits.shows_codes = False
    published.of()

    await get_pin(bridge, 3)
    assert published.users() == [{"3": {"status": "enabled", "pin_code": "\ufffd" * 4}}]

    bridge.device.cache.clear()
    traits.mask = Mask.EMPTY
    await get_pin(bridge, 3)
    assert published.users() == [{"3": {"status": "enabled", "pin_code": ""}}]

    traits.mask = Mask.REFUSED
    await get_pin(bridge, 3)
    assert published.users() == []


async def test_status_without_a_name_is_published_by_number(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    await set_pin(bridge, 3, PIN)
    bridge.device.node.lock.memory.pins[3].status = 2
    published.of()

    await get_pin(bridge, 3)

    assert published.users() == [{"3": {"status": "not_supported_2"}}]


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        (Operation.LOCK_FAILED_CODE, "lock_failure_invalid_pin_or_id"),
        (Operation.ONE_TOUCH_LOCK, "one_touch_lock"),
        (Operation.AUTO_LOCK, "auto_lock"),
        (Operation.NON_ACCESS, "non_access_user_operational_event"),
    ],
)
async def test_operation_is_published_as_an_action(
    bridge: FakeZigbee2Mqtt,
    published: PublishedMessages,
    operation: Operation,
    action: str,
) -> None:
    published.of()

    bridge.device.node.door.notify(operation, Source.UNKNOWN)
    await bridge.settle()

    (message,) = published.of()
    assert message["action"] == action
    assert [message[f"action_{key}"] for key in ("user", "source", "source_name")] == [
        None
    ] * 3


async def test_an_action_has_its_source_and_user_and_is_not_repeated(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    published.of()
    bridge.device.node.door.program(3, PIN)
    await bridge.settle()

    (message,) = published.of()
    assert message == {
        "action": "pin_code_added",
        "action_user": 3,
        "action_source": 0,
        "action_source_name": "keypad",
        "linkquality": 200,
        "pin_code": None,
        "state": None,
    }
    await get_pin(bridge, 3)
    assert "action" not in published.of()[0]


async def test_notifications_come_as_often_as_their_frames(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    bridge.device.node.lock.traits.notification_copies = 3
    published.of()
    bridge.device.node.door.program(3, PIN)
    await bridge.settle()
    assert len(published.of()) == 3

    bridge.device.node.lock.traits.sends_data_field = False
    bridge.device.node.door.delete_pin(3)
    await bridge.settle()
    assert published.of() == []


async def test_with_last_seen_an_answer_without_a_converter_repeats_the_cache(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    bridge.settings.last_seen = True
    await get_pin(bridge, 3)
    published.of()

    await set_pin(bridge, 3, PIN)

    stale, event = published.users()
    assert stale == event == {"3": {"status": "available"}}


async def test_what_it_publishes_is_in_its_log(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    bridge.device.options["expose_pin"] = True
    await set_pin(bridge, 3, PIN)
    published.of()

    await get_pin(bridge, 3)

    (logged,) = published.of(LOGGING)
    assert logged["message"].startswith(f"z2m:mqtt: MQTT publish: topic '{STATE}'")
    assert PIN in logged["message"]


async def test_options_are_changed_by_a_request(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    request = {"id": bridge.device.ieee, "options": {"expose_pin": True}}
    bridge.broker.publish(
        "zigbee2mqtt/bridge/request/device/options", json.dumps(request)
    )

    (answer,) = published.of("zigbee2mqtt/bridge/response/device/options")
    assert answer["status"] == "ok"
    assert answer["data"]["to"] == {"expose_pin": True}
    info = json.loads(bridge.broker.retained["zigbee2mqtt/bridge/info"].payload)
    assert info["config"]["devices"][bridge.device.ieee]["expose_pin"] is True


async def test_a_bridge_that_comes_back_repeats_what_it_cached(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    await set_pin(bridge, 3, PIN)
    await get_pin(bridge, 3)
    await bridge.stop()
    published.of()

    bridge.start()

    assert published.users() == [{"3": {"status": "enabled"}}]


async def test_one_that_is_renamed_answers_to_its_new_name_alone(
    bridge: FakeZigbee2Mqtt, published: PublishedMessages
) -> None:
    bridge.rename(bridge.device, "Back door")
    published.of()

    await get_pin(bridge, 3)
    assert failures(published) == ["z2m: Entity 'Front door' is unknown"]

    bridge.broker.publish("zigbee2mqtt/Back door/get", '{"pin_code": {"user": 3}}')
    await bridge.settle()
    assert len(published.of("zigbee2mqtt/Back door")) == 1
