"""How faults are made on a simulated Zigbee network, and what others do meanwhile."""

from collections.abc import Callable
from typing import Any, Final

from simulators.zigbee import Command, LockNode, Presence, Sleep
from simulators.zigbee.faults import Fault as FrameFault, request_lost, slow
from simulators.zigbee.terms import Attribute
from tests.faults.stage import OURS

from .scene import Scene

type Strike = Callable[[Scene], object]
type Act = Callable[[Scene], Any]

FOREIGN_PIN: Final = "906677"
_ELSEWHERE: Final = 7
_MIDDLE: Final = 0.3
"""Seconds from when a command is sent to what breaks in on it."""


def well(_: Scene) -> None:
    """Nothing is wrong."""


def meeting(fault: FrameFault, *commands: Command, count: int | None = 1) -> Strike:
    """Let the next commands of each kind meet a fault, or with None all of them."""

    def strike(scene: Scene) -> None:
        for command in commands:
            scene.front.faults.add(command, fault, count)

    return strike


def at(seconds: float, act: Act) -> Strike:
    """Let something happen in the middle of the story."""
    return lambda scene: scene.at(seconds, lambda: act(scene))


def and_then_switched_off(seconds: float, strike: Strike) -> Strike:
    """Let the person be switched off so soon after the fault has struck."""

    def then(scene: Scene) -> None:
        strike(scene)
        ann = scene.home.house.person("Ann")
        scene.at(seconds, lambda: ann.switch(on=False))

    return then


def in_the_middle(act: Act, *, done: bool) -> Strike:
    """Let something break in on the first write and the first clear.

    The lock has done it, and has not answered yet; or it never got it.
    """

    def strike(scene: Scene) -> None:
        for command in (Command.SET_PIN, Command.CLEAR_PIN):
            scene.front.faults.add(command, slow(2) if done else request_lost())
            scene.wire.when(
                scene.front, command, lambda: scene.at(_MIDDLE, lambda: act(scene))
            )

    return strike


def gone(presence: Presence, until: float, act: Act = well) -> Strike:
    """Let nobody answer so long; something happens in between."""

    def strike(scene: Scene) -> None:
        scene.front.presence = presence
        scene.at(until / 2, lambda: act(scene))
        scene.at(until, lambda: setattr(scene.front, "presence", Presence.ONLINE))

    return strike


def asleep(until: float) -> Strike:
    """Let it sleep so deeply for a time that its parent drops what is for it."""

    def strike(scene: Scene) -> None:
        usual = scene.front.sleep
        scene.front.sleep = Sleep(every=1e6, stays_awake=0)
        scene.at(until, lambda: setattr(scene.front, "sleep", usual))

    return strike


def thought_away(scene: Scene) -> None:
    """Let ZHA think that the lock is not there."""
    scene.device.update_available(False)


def stick_away(until: float, act: Act = well) -> Strike:
    """Pull the stick as things begin, and put it back."""

    def strike(scene: Scene) -> None:
        pulls_the_stick(scene)
        scene.at(until / 2, lambda: act(scene))
        scene.at(until, scene.home.mesh.plug)

    return strike


def not_started(until: float, act: Act = well) -> Strike:
    """Have ZHA not loaded as things begin."""

    def strike(scene: Scene) -> None:
        entries, zha = scene.home.hass.config_entries, scene.home.network.entry
        scene.at(0, lambda: entries.async_unload(zha.entry_id))
        scene.at(until / 2, lambda: act(scene))
        scene.at(until, lambda: entries.async_setup(zha.entry_id))

    return strike


def masks_from_now_on(scene: Scene) -> None:
    """Let it not show its codes any more."""
    scene.front.lock.traits.shows_codes = False


# What breaks in


def pulls_the_stick(scene: Scene) -> None:
    """Somebody pulls the stick."""
    scene.home.mesh.unplug()


def pulls_it_for_a_moment(scene: Scene) -> None:
    """Somebody pulls the stick, and puts it back after 20 s."""
    scene.home.mesh.unplug()
    scene.at(20, scene.home.mesh.plug)


async def reloads(scene: Scene) -> None:
    """Somebody reloads ZHA."""
    entries, zha = scene.home.hass.config_entries, scene.home.network.entry
    await entries.async_reload(zha.entry_id)


async def interviews(scene: Scene) -> None:
    """Somebody has the lock interviewed again."""
    device = scene.home.network.zigpy_device(scene.front)
    await device.application.reinterview_device(device.ieee)


def comes_back(scene: Scene) -> None:
    """The lock announces itself, as after a change of its battery."""
    scene.front.join()


# What others do at the keypad


def deletes_the_code(scene: Scene) -> None:
    """Somebody deletes our code."""
    scene.front.door.delete_pin(OURS)


def deletes_all_codes(scene: Scene) -> None:
    """Somebody deletes every code."""
    scene.front.door.delete_all_pins()


def changes_the_code(scene: Scene) -> None:
    """Somebody programs another PIN into our slot."""
    assert scene.front.door.program(OURS, FOREIGN_PIN) == 0


def resets_the_lock(scene: Scene) -> None:
    """Somebody takes the lock back to factory settings."""
    scene.front.door.factory_reset()


def has_the_code_elsewhere(pin: str) -> Strike:
    """Somebody has the very PIN in another slot."""

    def strike(scene: Scene) -> None:
        assert scene.front.door.program(_ELSEWHERE, pin) == 0

    return strike


# Habits


def tells_no_programming(node: LockNode) -> None:
    """What is done at the keypad is not told, whatever the masks of its events say."""
    node.lock.traits.reports_programming = False


def calls_its_own_a_duplicate(node: LockNode) -> None:
    """The code that a user has already is refused as a duplicate for that user."""
    node.lock.traits.refuses_own_duplicate = True


def tells_everything_thrice(node: LockNode) -> None:
    """The same notification is sent three times."""
    node.lock.traits.notification_copies = 3


def does_not_say_that_it_masks(node: LockNode) -> None:
    """The attribute that tells whether codes are sent is missing."""
    attributes = frozenset({Attribute.SEND_PIN_OVER_THE_AIR})
    node.lock.traits.hidden_attributes = attributes


def tells_codes(node: LockNode) -> None:
    """Notifications carry the code."""
    node.lock.traits.reports_pins = True
