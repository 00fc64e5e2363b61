"""How faults are made on the fake server, and what others do to the lock meanwhile."""

from base64 import b64encode
from collections.abc import Callable
from typing import Final

from simulators.matter import AT_THE_LOCK, FOREIGN, events, invoke
from simulators.matter.faults import Fault as CommandFault, command_lost
from simulators.matter.terms import LockData, OperationType, UserStatus
from tests.faults.stage import OURS

from .scene import Scene

type Strike = Callable[[Scene], object]

FOREIGN_PIN: Final = "906677"
FOREIGN_USER: Final = 5
_PIN: Final = 1
_REBOOT_SECONDS: Final = 83
"""From a reboot to the first event after it, as measured."""


def well(_: Scene) -> None:
    """Nothing is wrong."""


def meeting(fault: CommandFault, *commands: str, always: bool = False) -> Strike:
    """Let the next command of each name meet a fault, or all of them."""

    def strike(scene: Scene) -> None:
        for command in commands:
            scene.front.faults.add(command, fault, None if always else 1)

    return strike


def at(seconds: float, act: Strike) -> Strike:
    """Let something happen in the middle of the story."""
    return lambda scene: scene.at(seconds, lambda: act(scene))


def muted(until: float, act: Strike = well) -> Strike:
    """Let the subscription be dead so long; something happens in between."""

    def strike(scene: Scene) -> None:
        scene.front.drop_subscription()
        scene.at(until / 2, lambda: act(scene))
        scene.at(until, scene.front.restore_subscription)

    return strike


def rebooted(scene: Scene) -> None:
    """Cut the lock's power for a moment: the first command is lost, reports come late."""
    scene.front.reboot()
    scene.front.faults.add("*", command_lost(14.5))
    scene.at(_REBOOT_SECONDS, scene.front.restore_subscription)


def out_of_reach(until: float) -> Strike:
    """Let nothing get through so long, while the server believes that all is well."""

    def strike(scene: Scene) -> None:
        scene.front.reachable = False
        scene.front.drop_subscription()
        scene.at(until, lambda: setattr(scene.front, "reachable", True))
        scene.at(until, scene.front.restore_subscription)

    return strike


def unavailable(until: float, act: Strike = well) -> Strike:
    """Let the server know that the lock is gone, and read it again when it is back."""

    def strike(scene: Scene) -> None:
        scene.front.set_available(False)
        scene.at(until / 2, lambda: act(scene))
        scene.at(until, lambda: scene.front.set_available(True))

    return strike


def server_away(until: float, act: Strike = well, *, stale: bool = False) -> Strike:
    """Stop the server in the middle of things, and start it again."""

    def strike(scene: Scene) -> None:
        scene.at(0.05, lambda: scene.server.stop(keep_stale=stale))
        scene.at(until / 2, lambda: act(scene))
        scene.at(until, scene.server.start)

    return strike


def reports_late(scene: Scene) -> None:
    """Let reports come three seconds after the answers."""
    scene.server.report_delay = 3


# What others do


def deletes_the_code(scene: Scene) -> None:
    """Somebody deletes the PIN at the lock."""
    scene.front.door.delete_pin(OURS)


def deletes_the_user(scene: Scene) -> None:
    """Somebody deletes the user at the lock."""
    scene.front.door.delete_user(OURS)


def changes_the_code(scene: Scene) -> None:
    """Somebody programs another PIN at the lock."""
    lock = scene.front.lock
    lock.memory.credentials[_PIN, OURS].data = FOREIGN_PIN.encode()
    now = lock.clock.milliseconds()
    lock.emit(
        events.user_change(
            LockData.PIN,
            OperationType.MODIFY,
            AT_THE_LOCK,
            now,
            user=lock.memory.credentials[_PIN, OURS].user,
            index=OURS,
        )
    )


def switches_the_user_off(scene: Scene) -> None:
    """Another home switches our user off."""
    _set_user(scene, OURS, OperationType.MODIFY, None, UserStatus.DISABLED)


def switches_the_user_on(scene: Scene) -> None:
    """Another home switches our user on."""
    _set_user(scene, OURS, OperationType.MODIFY, None, UserStatus.ENABLED)


def takes_the_slot(scene: Scene) -> None:
    """Another home puts a code of its own into our slot."""
    _set_user(scene, FOREIGN_USER, OperationType.ADD, "Eve", UserStatus.ENABLED)
    answer = invoke(
        scene.front.lock,
        "SetCredential",
        {
            "operationType": int(OperationType.ADD),
            "credential": {"credentialType": _PIN, "credentialIndex": OURS},
            "credentialData": b64encode(FOREIGN_PIN.encode()).decode(),
            "userIndex": FOREIGN_USER,
            "userStatus": None,
            "userType": None,
        },
        FOREIGN,
    )
    assert answer is not None
    assert answer["status"] == 0


def replaces_the_code(scene: Scene) -> None:
    """Another home removes our user, and puts a code of its own into the slot."""
    invoke(scene.front.lock, "ClearUser", {"userIndex": OURS}, FOREIGN)
    takes_the_slot(scene)


def resets_the_lock(scene: Scene) -> None:
    """Somebody takes the lock back to factory settings."""
    scene.front.door.factory_reset()


def fills_the_lock(scene: Scene) -> None:
    """Others take every number that a user can have, and never give one back."""
    for index in range(1, scene.front.lock.limits.users + 1):
        if index not in scene.front.lock.memory.users:
            _set_user(scene, index, OperationType.ADD, "Eve", UserStatus.ENABLED)


def has_the_code_elsewhere(pin: str) -> Strike:
    """Somebody has the very PIN in another slot."""

    def strike(scene: Scene) -> None:
        answer = scene.front.door.program(pin, 7, 7)
        assert answer.status == 0

    return strike


def _set_user(
    scene: Scene,
    index: int,
    operation: OperationType,
    name: str | None,
    status: UserStatus,
) -> None:
    invoke(
        scene.front.lock,
        "SetUser",
        {
            "operationType": int(operation),
            "userIndex": index,
            "userName": name,
            "userUniqueID": None,
            "userStatus": int(status),
            "userType": None if operation is OperationType.MODIFY else 0,
            "credentialRule": None if operation is OperationType.MODIFY else 0,
        },
        FOREIGN,
    )
