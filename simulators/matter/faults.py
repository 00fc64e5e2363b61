"""Faults of one command to a Matter lock. All delays are seconds.

`node.faults.add("SetCredential", refused(Status.BUSY), count=2)`
"""

from dataclasses import dataclass

from simulators.common.fault_queue import FaultQueue

from .events import Data, Json
from .terms import Status

UNREACHABLE = "Peer is no longer responding to active session (timed out after 13.7s)"
ABORTED = "Operation aborted"


@dataclass(frozen=True)
class Fault:
    """What becomes of a command: done or not, then what is answered, and when."""

    applied: bool = False
    """The lock does it before all else."""
    reported: bool = True
    """What the lock then reports reaches the clients."""
    delay: float = 0
    status: int | None = None
    cluster: int | None = None
    answer: Data | None = None
    error: str | None = None
    """What the server says where no status came from the lock."""
    continues: bool = False
    """After the delay all is as if nothing had been wrong."""
    drops: bool = False
    """Answered as if it had been done."""
    closes: bool = False
    """The server drops its clients in place of an answer."""


def refused(status: int, cluster: int | None = None) -> Fault:
    """Not done; any status of the interaction model, and the door lock's own with it."""
    return Fault(status=int(status), cluster=cluster)


def answered(**answer: Json) -> Fault:
    """Not done; whatever is given here is answered as a success."""
    return Fault(answer=answer)


def slow(seconds: float) -> Fault:
    """Done, later."""
    return Fault(delay=seconds, continues=True)


def applied_then_refused(status: int = Status.FAILURE) -> Fault:
    """Done, and then refused."""
    return Fault(applied=True, status=int(status))


def answer_lost(seconds: float = 0.02) -> Fault:
    """Done; the answer never comes, and the server gives up after so long."""
    return Fault(applied=True, delay=seconds, error=ABORTED)


def command_lost(seconds: float = 0.02) -> Fault:
    """Not done; the lock never got it, and the server gives up after so long."""
    return Fault(delay=seconds, error=UNREACHABLE)


def silently_dropped() -> Fault:
    """Not done; the lock says it was."""
    return Fault(drops=True)


def connection_closed(
    *, applied: bool = True, reported: bool = True, after: float = 0
) -> Fault:
    """Done or not; the server's clients lose their connection before the answer.

    What the lock reports about it has reached them by then, or never will.
    """
    return Fault(applied=applied, reported=reported, delay=after, closes=True)


class Faults(FaultQueue[str, Fault]):
    """The faults that wait for the commands of one node."""

    def add(self, command: str, fault: Fault, count: int | None = 1) -> None:
        """Let the next `count` commands of a name take a fault; None: all, until cleared.

        The name "*" stands for every command.
        """
        self.put(command, fault, count)

    def take(self, command: str) -> Fault | None:
        """Return the fault of this command, and use it up."""
        return self.pop(command, "*")
