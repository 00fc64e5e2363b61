"""What faults are made of on the stand-in."""

from collections.abc import Callable
import json
from typing import Any, Final

from simulators.zigbee import Command
from simulators.zigbee.faults import Fault as FrameFault
from simulators.zigbee2mqtt.packets import Publish

from .fault import Scene

type Strike = Callable[[Scene], object]

ASKS: Final = (Command.GET_PIN,)
STORES: Final = (Command.SET_PIN, Command.CLEAR_PIN)


def well(_: Scene) -> None:
    """Nothing is wrong."""


def meeting(fault: FrameFault, *commands: Command, always: bool = False) -> Strike:
    """Let the next command of each name meet a fault, or all of them."""

    def strike(scene: Scene) -> None:
        for command in commands:
            scene.node.faults.add(command, fault, None if always else 1)

    return strike


def until(seconds: float, strike: Strike) -> Strike:
    """Let a fault of the lock be over after so many seconds."""

    def struck(scene: Scene) -> None:
        strike(scene)
        scene.at(seconds, scene.node.faults.clear)

    return struck


def at(seconds: float, act: Strike) -> Strike:
    """Let something happen in the middle of the story."""
    return lambda scene: scene.at(seconds, lambda: act(scene))


def both(*strikes: Strike) -> Strike:
    """Let several things be wrong."""

    def strike(scene: Scene) -> None:
        for each in strikes:
            each(scene)

    return strike


def on_message(scene: Scene, kind: str, then: Callable[[Any], object]) -> None:
    """Call back for what is sent to the lock about its codes."""

    def heard(message: Publish) -> None:
        if is_about_code(scene, message, kind):
            then(json.loads(message.payload))

    scene.ends.append(scene.broker.listen(heard))


def is_about_code(scene: Scene, message: Publish, kind: str) -> bool:
    """Return whether a message is sent to the lock about its codes."""
    topic = f"{scene.bridge.base}/{scene.front.name}/{kind}"
    return message.topic == topic and b"pin_code" in message.payload
