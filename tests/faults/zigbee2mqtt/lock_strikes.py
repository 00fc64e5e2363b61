"""How a lock goes wrong, and what others do to it meanwhile."""

from dataclasses import replace
from typing import Any, Final

from simulators.zigbee import Command, Presence, Stored
from simulators.zigbee.faults import refused, silently_dropped
from simulators.zigbee.memory import Code
from simulators.zigbee.node import Sleep
from simulators.zigbee.terms import UserStatus, UserType
from tests.faults.stage import OTHER, OURS

from .fault import Scene
from .strikes import STORES, Strike, both, meeting, on_message, well

FOREIGN_PIN: Final = "906677"


def trait(**traits: Any) -> Strike:
    """Let the lock have other habits."""

    def strike(scene: Scene) -> None:
        for name, value in traits.items():
            setattr(scene.node.lock.traits, name, value)

    return strike


def slow(seconds: float) -> Strike:
    """Let every answer of the lock take so long."""

    def strike(scene: Scene) -> None:
        scene.node.delays.answer = seconds

    return strike


def sleeps(every: float) -> Strike:
    """Let the lock listen only every so many seconds."""

    def strike(scene: Scene) -> None:
        scene.node.sleep = Sleep(every, stays_awake=1)

    return strike


def commits_late(seconds: float) -> Strike:
    """Let the lock say that it is done, and do it so much later."""

    def strike(scene: Scene) -> None:
        meeting(silently_dropped(reported=False), *STORES, always=True)(scene)

        def on_set(content: Any) -> None:
            scene.at(seconds, lambda: _carry_out(scene, content))

        on_message(scene, "set", on_set)

    return strike


def garbles(status: int) -> Strike:
    """Let the slot have a status without a meaning for a while."""

    def strike(scene: Scene) -> None:
        code = scene.node.lock.memory.pins[OURS]
        code.status = status
        scene.at(60, lambda: setattr(code, "status", UserStatus.ENABLED))

    return strike


def unavailable(seconds: float, act: Strike = well) -> Strike:
    """Let the lock be away so long, which Zigbee2MQTT notices."""

    def strike(scene: Scene) -> None:
        scene.node.presence = Presence.UNREACHABLE
        scene.bridge.set_availability(scene.front, available=False)
        scene.at(seconds / 2, lambda: act(scene))

        def come_back() -> None:
            scene.node.presence = Presence.ONLINE
            scene.bridge.set_availability(scene.front, available=True)

        scene.at(seconds, come_back)

    return strike


def out_of_reach(seconds: float, presence: Presence) -> Strike:
    """Let the lock hear nothing so long, while all believe that it is there."""

    def strike(scene: Scene) -> None:
        scene.node.presence = presence
        scene.at(seconds, lambda: setattr(scene.node, "presence", Presence.ONLINE))

    return strike


def programs(scene: Scene) -> None:
    """Somebody programs another PIN into our slot at the lock."""
    assert scene.node.door.program(OURS, FOREIGN_PIN) is Stored.SUCCESS


def deletes(scene: Scene) -> None:
    """Somebody deletes our PIN at the lock."""
    scene.node.door.delete_pin(OURS)


def deletes_all(scene: Scene) -> None:
    """Somebody deletes every PIN at the lock."""
    scene.node.door.delete_all_pins()


def switches_off(scene: Scene) -> None:
    """Somebody switches our code off."""
    pins = scene.node.lock.memory.pins
    pins[OURS] = replace(pins[OURS], status=UserStatus.DISABLED)


def unheard(act: Strike) -> Strike:
    """Let something be done that the lock does not report."""
    return both(trait(reports_programming=False), act)


def has_the_code_elsewhere(pin: str) -> Strike:
    """Somebody has the very PIN in another slot."""

    def strike(scene: Scene) -> None:
        assert scene.node.door.program(7, pin) is Stored.SUCCESS

    return strike


def fills_the_lock(scene: Scene) -> None:
    """Let the lock have no room for another code."""
    meeting(refused(Stored.MEMORY_FULL), Command.SET_PIN, always=True)(scene)


def crowds(scene: Scene) -> None:
    """Let others have a code in every slot that there is."""
    for user in range(1, 20):
        if user not in scene.node.pins():
            assert scene.node.door.program(user, f"9050{user:02}") is Stored.SUCCESS


def unlocks(*seconds: float) -> Strike:
    """Let somebody use the keypad at these times, with a code that is not ours."""

    def strike(scene: Scene) -> None:
        pin = scene.node.pins()[OTHER]
        for each in seconds:
            scene.at(each, lambda: scene.node.door.enter(pin))

    return strike


def _carry_out(scene: Scene, content: Any) -> None:
    about, pins = content["pin_code"], scene.node.lock.memory.pins
    if about["pin_code"] is None:
        pins.pop(about["user"], None)
        return
    code = about["pin_code"].encode()
    pins[about["user"]] = Code(UserStatus.ENABLED, UserType.UNRESTRICTED, code)
