"""What the engine asks of a lock technology, and how a technology says no."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from ..model.limits import LockSchedule
from ..model.lock_events import LockEvent
from ..model.reading import Capabilities, CodeTarget, SlotReading, WriteResult
from ..model.slot import Reason

type Unsubscribe = Callable[[], None]


class ProviderError(Exception):
    """A lock could not do what was asked. Never carries a code in its text."""


class LockUnreachableError(ProviderError):
    """The lock or the way to it is silent. Try again later; nobody is to blame.

    After a write or clear this says nothing about whether the lock carried it out.
    """


class ScheduleUnconfirmedError(LockUnreachableError):
    """The lock says nothing of the restrictions that its code was to have.

    No live code is in the slot. Trying again may help, but not for ever: a lock may
    answer everything but this.
    """


class CodeRejectedError(ProviderError):
    """The lock will not take this code in this slot. Trying again is of no use."""

    def __init__(self, reason: Reason = Reason.REJECTED) -> None:
        """Keep why, as a translated key."""
        super().__init__(reason.value)
        self.reason = reason


class TemporarilyRefusedError(ProviderError):
    """The lock answered that it did not do it, for a reason that may pass.

    Worth trying again, but not for ever: each time is a failure of the lock.
    """

    reason: Reason | None = None
    """What the lock says, as a translated key, if it says anything."""


class SlotUnavailableError(ProviderError):
    """The lock has no such slot, or keeps it to itself."""


class NotSupportedError(ProviderError):
    """The lock cannot do this at all."""


class ScheduleRejectedError(ProviderError):
    """The lock does not hold the restrictions that its code was to have.

    No live code is in the slot: it was not written, or cleared again.
    """


class IncompatibleLibraryError(ProviderError):
    """The library behind the provider is not the one that it was written for."""


class LockProvider(Protocol):
    """One lock, for as long as it is managed.

    A provider outlives reloads of the integration that it speaks through: it finds
    its lock anew and says `Connected` each time. Slots are its own stable addresses.
    All coroutines are called one at a time, and any of them may raise a
    `ProviderError`. Reads are live: never from a cache.
    """

    @property
    def capabilities(self) -> Capabilities | None:
        """Return what the lock can do, or None until a probe has succeeded."""

    @property
    def is_connected(self) -> bool:
        """Return whether the way to the lock is open, as far as is known."""

    async def async_probe(self) -> Capabilities:
        """Find out what the lock can do, without using the radio where possible.

        Raises NotSupported if its codes cannot be managed, LockUnreachable if that
        cannot be told now.
        """

    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        """Return each slot as the lock shows it now; what it does not say is unknown."""

    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Put a code into a slot, over whatever is there.

        With limits, the code is not live before the lock has shown them to be in force:
        not even between two commands. Raises LimitsRefused where that cannot be had.
        """

    async def async_clear(self, slot: int) -> WriteResult:
        """Take the code out of a slot."""

    async def async_set_enabled(self, slot: int, *, on: bool) -> WriteResult:
        """Let the code in a slot open the door or not; all else about it stays.

        Asked only of locks whose capabilities say that they can, and only of a code that
        they have shown to be ours: a read has to show whether it is on. Raises
        CodeRejected where it is not ours any more, or more than it would be switched.
        """
        raise NotSupportedError

    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        """Return what the lock shows of a slot's restrictions, None if it does not say.

        Asked only of locks whose capabilities name schedules.
        """

    def restore_bindings(self, bindings: Mapping[int, Mapping[str, int]]) -> None:
        """Take back what was told as `Bound` in earlier runs, by slot.

        Called once, before `subscribe`. Most locks need nothing of this.
        """
        return

    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        """Call back in the event loop for all that the lock reports.

        `Connected` follows from within the call if the lock is there already. It says
        that reports were missed where the technology does not keep them for who was away.
        """
