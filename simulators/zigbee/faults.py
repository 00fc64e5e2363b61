"""Faults of one frame to a Zigbee lock. All delays are seconds.

`node.faults.add(Command.SET_PIN, refused(Stored.MEMORY_FULL), count=2)`
"""

from dataclasses import dataclass

from .terms import Command, General, Status

type Met = Command | General | None
"""What a fault meets: a command, a general frame, or with None every one of them."""


@dataclass(frozen=True)
class Fault:
    """What becomes of a frame."""

    acknowledged: bool = True
    """The lock's radio confirms that it got the frame."""
    applied: bool = True
    answered: bool = True
    delay: float = 0
    forgotten: bool = False
    """Answered as if it had been done, and it was not."""
    reported: bool = True
    """The notification of it is sent."""
    status: int | None = None
    """Stands in the answer in place of the lock's own."""
    default: int | None = None
    """Answered with a DefaultResponse."""
    user: int | None = None
    """The user id that the answer is about."""
    cut: int | None = None
    """How many bytes of the answer's payload arrive."""
    late: float = 0
    """Done only so long after it was answered as done."""
    notifies_first: bool = False
    """The notification comes before the answer, with the number of the request."""


def not_acknowledged() -> Fault:
    """Not done; the radio says at once that nobody got it."""
    return Fault(acknowledged=False, applied=False, answered=False)


def request_lost() -> Fault:
    """Not done; the radio confirms it and no answer comes."""
    return Fault(applied=False, answered=False)


def reply_lost() -> Fault:
    """Done; the answer never comes."""
    return Fault(answered=False)


def slow(seconds: float) -> Fault:
    """Done at once; the answer comes later."""
    return Fault(delay=seconds)


def refused(status: int) -> Fault:
    """Not done; this status stands in the answer, `Stored` for what stores something."""
    return Fault(applied=False, status=int(status))


def applied_then_refused(status: int) -> Fault:
    """Done; and the answer says that it was not."""
    return Fault(status=int(status))


def default_response(status: int = Status.UNSUPPORTED_CLUSTER_COMMAND) -> Fault:
    """Not done; answered by a DefaultResponse."""
    return Fault(applied=False, default=int(status))


def silently_dropped(*, reported: bool = True) -> Fault:
    """Not done; answered, and reported, as if it had been."""
    return Fault(forgotten=True, reported=reported)


def done_late(seconds: float) -> Fault:
    """Answered as done, and done only later."""
    return Fault(forgotten=True, reported=False, late=seconds)


def about_another(user: int) -> Fault:
    """Done; the answer names another user."""
    return Fault(user=user)


def cut_short(length: int = 3) -> Fault:
    """Done; only so many bytes of the answer's payload arrive."""
    return Fault(cut=length)


def notified_first(seconds: float = 0.01) -> Fault:
    """Done; the notification has the number of the request, and the answer comes later."""
    return Fault(notifies_first=True, delay=seconds)


class Faults:
    """The faults that wait for the frames of one lock, in the order of adding."""

    def __init__(self) -> None:
        """Start with none."""
        self._waiting: dict[tuple[type, int] | None, list[Fault]] = {}
        self._always: dict[tuple[type, int] | None, Fault] = {}

    def add(self, met: Met, fault: Fault, count: int | None = 1) -> None:
        """Let the next `count` frames of a kind meet a fault; None: all, until cleared."""
        if count is None:
            self._always[_key(met)] = fault
        else:
            self._waiting.setdefault(_key(met), []).extend([fault] * count)

    def clear(self) -> None:
        """Let everything be well again."""
        self._waiting.clear()
        self._always.clear()

    def take(self, frame: Command | General) -> Fault:
        """Return what becomes of this frame, and use the fault up."""
        for key in (_key(frame), None):
            if waiting := self._waiting.get(key):
                return waiting.pop(0)
        return self._always.get(_key(frame)) or self._always.get(None) or Fault()


def _key(met: Met) -> tuple[type, int] | None:
    """Commands and general frames share numbers."""
    return None if met is None else (type(met), int(met))
