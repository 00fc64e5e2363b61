"""How a bridge and a broker go wrong."""

from dataclasses import replace
import json
from typing import Any

from simulators.zigbee2mqtt import FakeZigbee2Mqtt
from simulators.zigbee2mqtt.announcements import discovery_topic
from simulators.zigbee2mqtt.packets import Publish
from tests.harness.faults.fault_scenario import OURS
from tests.harness.faults.zigbee2mqtt.fault import Zigbee2MqttFaultContext
from tests.harness.faults.zigbee2mqtt.fault_injectors import (
    Strike,
    at,
    is_about_code,
    on_message,
    well,
)


def bridge_away(seconds: float, act: Strike = well) -> Strike:
    """Stop Zigbee2MQTT in good order, and start it again."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        context.at(0, context.bridge.stop)
        context.at(seconds / 2, lambda: act(context))
        context.at(seconds, context.bridge.start)

    return strike


def bridge_restarts(*kinds: str) -> Strike:
    """Let Zigbee2MQTT die of the next message of these kinds, and start after 7 s."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        left = [1]

        def die(_: Any) -> None:
            if left:
                left.pop()
                context.at(0, context.bridge.stop)
                context.at(7, context.bridge.start)

        for kind in kinds:
            on_message(context, kind, die)

    return strike


def publishes_at_every_question(context: Zigbee2MqttFaultContext) -> None:
    """Let something else be published of the lock, one second after each question."""
    bridge, front = context.bridge, context.front
    on_message(
        context, "get", lambda _: context.at(1, lambda: bridge.publish_state(front, {}))
    )


def publishes_after(*seconds: float) -> Strike:
    """Let something else be published of the lock at these times."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        for each in seconds:
            context.at(each, lambda: context.bridge.publish_state(context.front, {}))

    return strike


def walks(*seconds: float) -> Strike:
    """Let somebody else ask for all codes of the lock, at these times."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        topic = f"{context.bridge.base}/{context.front.name}/get"
        for each in seconds:
            context.at(each, lambda: context.broker.publish(topic, '{"pin_code": ""}'))

    return strike


def last_seen(context: Zigbee2MqttFaultContext) -> None:
    """Let Zigbee2MQTT publish when the lock was last seen, with all that is cached."""
    context.bridge.settings.last_seen = True


def options(seconds: float, **changed: Any) -> Strike:
    """Change options of the lock in Zigbee2MQTT."""
    return at(
        seconds, lambda context: context.bridge.set_options(context.front, **changed)
    )


def renamed(seconds: float) -> Strike:
    """Give the lock another name in Zigbee2MQTT."""
    return at(
        seconds, lambda context: context.bridge.rename(context.front, "Main/Front")
    )


def rediscovered(seconds: float) -> Strike:
    """Take the discovery of the lock away, and bring it back after so long."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        broker, topic = context.broker, discovery_topic(context.front)
        kept = broker.retained[topic]
        context.at(0, lambda: broker.publish(topic, "", retain=True))
        context.at(seconds, lambda: broker.take(kept))

    return strike


def moves(seconds: float, *, keeps_ids: bool, removes: bool = True) -> Strike:
    """Let both locks be discovered anew, under another base topic.

    `removes`: what was retained of their discovery is taken away before.
    """

    def strike(context: Zigbee2MqttFaultContext) -> None:
        old, devices = context.bridge, list(context.bridge.devices)
        settings = replace(old.settings, unique_base=old.base if keeps_ids else None)
        new = FakeZigbee2Mqtt(
            context.broker, old.mesh, devices, base="home/zigbee", settings=settings
        )

        async def leave() -> None:
            for device in devices if removes else ():
                context.broker.publish(discovery_topic(device), "", retain=True)
            await old.stop()

        context.at(0, leave)
        context.at(seconds, new.start)
        context.ends.append(new.stop)

    return strike


def broker_away(seconds: float, act: Strike = well) -> Strike:
    """Stop the broker, and start it again."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        context.at(0, context.broker.stop)
        context.at(seconds / 2, lambda: act(context))
        context.at(seconds, context.broker.start)

    return strike


def disconnected(act: Strike = well) -> Strike:
    """Cut Home Assistant's connection to the broker."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        act(context)
        context.at(0.05, context.broker.drop_clients)

    return strike


def retained(strike: Strike) -> Strike:
    """Let the broker keep the last that was published of the lock."""

    def struck(context: Zigbee2MqttFaultContext) -> None:
        context.front.options["retain"] = True
        topic = f"{context.bridge.base}/{context.front.name}/get"
        context.broker.publish(topic, json.dumps({"pin_code": {"user": OURS}}))
        strike(context)

    return struck


def loses(*kinds: str, always: bool = False) -> Strike:
    """Lose the next message of each kind that Home Assistant sends to the lock, or all."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        left = list(kinds)

        def copies(message: Publish) -> int:
            for kind in kinds:
                if is_about_code(context, message, kind) and kind in left:
                    if not always:
                        left.remove(kind)
                    return 0
            return 1

        context.broker.copies = copies

    return strike


def loses_answers(*, always: bool) -> Strike:
    """Lose what is published of the lock's users, once or always."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        left = [1]

        def copies(message: Publish) -> int:
            topic = f"{context.bridge.base}/{context.front.name}"
            if message.topic != topic or b'"users"' not in message.payload:
                return 1
            if not always and not left:
                return 1
            left.clear()
            return 0

        context.broker.copies = copies

    return strike


def doubled(context: Zigbee2MqttFaultContext) -> None:
    """Let every message come twice, to everybody."""
    context.broker.copies = lambda message: 2
