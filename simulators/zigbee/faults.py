"""Faults of one frame to a Zigbee lock. All delays are seconds.

`node.faults.add(Command.SET_PIN, refused(Stored.MEMORY_FULL), count=2)`
"""

from dataclasses import dataclass

from simulators.common.fault_queue import FaultQueue

from .terms import Command, General, Status

type FrameKind = Command | General | None
"""What takes a fault: a command, a general frame, or with None every one of them."""


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
    """Not done; the radio reports at once that it was not delivered."""
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


class Faults(FaultQueue[tuple[type, int] | None, Fault]):
    """The faults that wait for the frames of one lock."""

    def add(self, kind: FrameKind, fault: Fault, count: int | None = 1) -> None:
        """Let the next `count` frames of a kind take a fault; None: all, until cleared."""
        self.put(_key(kind), fault, count)

    def take(self, frame: Command | General) -> Fault:
        """Return what becomes of this frame, and use the fault up."""
        return self.pop(_key(frame), None) or Fault()


def _key(kind: FrameKind) -> tuple[type, int] | None:
    """Commands and general frames share numbers."""
    return None if kind is None else (type(kind), int(kind))
