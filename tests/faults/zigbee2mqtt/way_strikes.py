"""How a bridge and a broker go wrong."""

from dataclasses import replace
import json
from typing import Any

from simulators.zigbee2mqtt import FakeZigbee2Mqtt
from simulators.zigbee2mqtt.announcements import discovery_topic
from simulators.zigbee2mqtt.packets import Publish
from tests.faults.stage import OURS

from .fault import Scene
from .strikes import Strike, at, is_about_code, on_message, well


def bridge_away(seconds: float, act: Strike = well) -> Strike:
    """Stop Zigbee2MQTT in good order, and start it again."""

    def strike(scene: Scene) -> None:
        scene.at(0, scene.bridge.stop)
        scene.at(seconds / 2, lambda: act(scene))
        scene.at(seconds, scene.bridge.start)

    return strike


def bridge_restarts(*kinds: str) -> Strike:
    """Let Zigbee2MQTT die of the next message of these kinds, and start after 7 s."""

    def strike(scene: Scene) -> None:
        left = [1]

        def die(_: Any) -> None:
            if left:
                left.pop()
                scene.at(0, scene.bridge.stop)
                scene.at(7, scene.bridge.start)

        for kind in kinds:
            on_message(scene, kind, die)

    return strike


def publishes_at_every_question(scene: Scene) -> None:
    """Let something else be published of the lock, one second after each question."""
    bridge, front = scene.bridge, scene.front
    on_message(
        scene, "get", lambda _: scene.at(1, lambda: bridge.publish_state(front, {}))
    )


def publishes_after(*seconds: float) -> Strike:
    """Let something else be published of the lock at these times."""

    def strike(scene: Scene) -> None:
        for each in seconds:
            scene.at(each, lambda: scene.bridge.publish_state(scene.front, {}))

    return strike


def walks(*seconds: float) -> Strike:
    """Let somebody else ask for all codes of the lock, at these times."""

    def strike(scene: Scene) -> None:
        topic = f"{scene.bridge.base}/{scene.front.name}/get"
        for each in seconds:
            scene.at(each, lambda: scene.broker.publish(topic, '{"pin_code": ""}'))

    return strike


def last_seen(scene: Scene) -> None:
    """Let Zigbee2MQTT publish when the lock was last heard, with all that is cached."""
    scene.bridge.settings.last_seen = True


def options(seconds: float, **changed: Any) -> Strike:
    """Change options of the lock in Zigbee2MQTT."""
    return at(seconds, lambda scene: scene.bridge.set_options(scene.front, **changed))


def renamed(seconds: float) -> Strike:
    """Give the lock another name in Zigbee2MQTT."""
    return at(seconds, lambda scene: scene.bridge.rename(scene.front, "Main/Front"))


def rediscovered(seconds: float) -> Strike:
    """Take the discovery of the lock away, and bring it back after so long."""

    def strike(scene: Scene) -> None:
        broker, topic = scene.broker, discovery_topic(scene.front)
        kept = broker.retained[topic]
        scene.at(0, lambda: broker.publish(topic, "", retain=True))
        scene.at(seconds, lambda: broker.take(kept))

    return strike


def moves(seconds: float, *, keeps_ids: bool, removes: bool = True) -> Strike:
    """Let both locks be discovered anew, under another base topic.

    `removes`: what was retained of their discovery is taken away before.
    """

    def strike(scene: Scene) -> None:
        old, devices = scene.bridge, list(scene.bridge.devices)
        settings = replace(old.settings, unique_base=old.base if keeps_ids else None)
        new = FakeZigbee2Mqtt(
            scene.broker, old.mesh, devices, base="home/zigbee", settings=settings
        )

        async def leave() -> None:
            for device in devices if removes else ():
                scene.broker.publish(discovery_topic(device), "", retain=True)
            await old.stop()

        scene.at(0, leave)
        scene.at(seconds, new.start)
        scene.ends.append(new.stop)

    return strike


def broker_away(seconds: float, act: Strike = well) -> Strike:
    """Stop the broker, and start it again."""

    def strike(scene: Scene) -> None:
        scene.at(0, scene.broker.stop)
        scene.at(seconds / 2, lambda: act(scene))
        scene.at(seconds, scene.broker.start)

    return strike


def disconnected(act: Strike = well) -> Strike:
    """Cut Home Assistant's connection to the broker."""

    def strike(scene: Scene) -> None:
        act(scene)
        scene.at(0.05, scene.broker.drop_clients)

    return strike


def retained(strike: Strike) -> Strike:
    """Let the broker keep the last that was published of the lock."""

    def struck(scene: Scene) -> None:
        scene.front.options["retain"] = True
        topic = f"{scene.bridge.base}/{scene.front.name}/get"
        scene.broker.publish(topic, json.dumps({"pin_code": {"user": OURS}}))
        strike(scene)

    return struck


def loses(*kinds: str, always: bool = False) -> Strike:
    """Lose the next message of each kind that Home Assistant sends to the lock, or all."""

    def strike(scene: Scene) -> None:
        left = list(kinds)

        def copies(message: Publish) -> int:
            for kind in kinds:
                if is_about_code(scene, message, kind) and kind in left:
                    if not always:
                        left.remove(kind)
                    return 0
            return 1

        scene.broker.copies = copies

    return strike


def loses_answers(*, always: bool) -> Strike:
    """Lose what is published of the lock's users, once or always."""

    def strike(scene: Scene) -> None:
        left = [1]

        def copies(message: Publish) -> int:
            topic = f"{scene.bridge.base}/{scene.front.name}"
            if message.topic != topic or b'"users"' not in message.payload:
                return 1
            if not always and not left:
                return 1
            left.clear()
            return 0

        scene.broker.copies = copies

    return strike


def doubled(scene: Scene) -> None:
    """Let every message come twice, to everybody."""
    scene.broker.copies = lambda message: 2
