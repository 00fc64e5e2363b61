"""Provider interface: the operations and errors of a lock technology."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from ..model.lock_events import LockEvent
from ..model.lock_schedule import LockSchedule
from ..model.provider_io import (
    Capabilities,
    CodeTarget,
    LockAddress,
    SlotReading,
    WriteResult,
)
from ..model.slot import Reason

type Unsubscribe = Callable[[], None]


class ProviderError(Exception):
    """A lock operation failed. The text never contains a code."""


class LockUnreachableError(ProviderError):
    """The lock, or the connection to it, gave no answer. Try again later.

    It is not counted as a failure of the lock. After a write or clear it does not say
    whether the lock carried out the command.
    """


class AddressChangedError(LockUnreachableError):
    """The lock entity leads to another address than the accepted one; nothing was sent."""

    def __init__(self, address: LockAddress) -> None:
        """Keep the address that was found."""
        super().__init__("the lock is found at another address")
        self.address = address


class InterviewIncompleteError(LockUnreachableError):
    """The lock's integration does not know what the lock can do.

    Its interview has not ended, or has not found it out: to wait, or to look after the
    batteries, need not help, but to interview the lock again does.
    """


class ScheduleUnconfirmedError(LockUnreachableError):
    """The lock gave no answer about the schedule that its code was to have.

    No enabled code is in the slot. Trying again may help, but not without end: a lock
    may answer everything except this.
    """


class CodeRejectedError(ProviderError):
    """The lock rejects this code in this slot. Trying again does not help."""

    def __init__(self, reason: Reason = Reason.REJECTED) -> None:
        """Keep the reason, which is a translation key."""
        super().__init__(reason.value)
        self.reason = reason


class TemporarilyRefusedError(ProviderError):
    """The lock answered that it did not do it, for a reason that may pass.

    Worth trying again, but not without end: each attempt counts as a failure of the
    lock.
    """

    reason: Reason | None = None
    """The reason that the lock gave, as a translation key; None if it gave none."""


class SlotUnavailableError(ProviderError):
    """The lock does not have this slot, or does not let us use it."""


class NotSupportedError(ProviderError):
    """The lock does not support this operation."""


class ScheduleRejectedError(ProviderError):
    """The lock does not hold the schedule that its code was to have.

    No enabled code is in the slot: it was not written, or it was cleared again.
    """


class IncompatibleLibraryError(ProviderError):
    """The library behind the provider is not compatible with it."""


class LockProvider(Protocol):
    """One lock, for as long as it is managed.

    A provider outlives reloads of the integration that it uses: it resolves its lock
    anew and emits `Connected` each time. The numbers of slots are stable. Coroutines
    are called one at a time, and each may raise a `ProviderError`. Reads go to the
    lock, never to a cache.
    """

    @property
    def capabilities(self) -> Capabilities | None:
        """Return what the lock supports, or None until a probe has succeeded."""

    def address(self) -> LockAddress | None:
        """Return where the slots of the lock are, None while that is not known."""
        return None

    def accept_address(self, address: LockAddress) -> None:
        """Send to this address only: elsewhere every call raises AddressChangedError.

        Whoever can change what a lock entity leads to would otherwise be sent its codes.
        A new endpoint of the same node is no other address.
        """
        return

    async def async_probe(self) -> Capabilities:
        """Return what the lock supports, without radio commands where possible.

        Raises NotSupportedError if its codes cannot be managed, InterviewIncompleteError
        if the lock's integration does not know that, LockUnreachableError if it gives no
        answer.
        """

    async def async_answers_reads(self) -> bool:
        """Return whether the lock answers reads of its slots, whatever the answer says.

        Called when the lock is added, and not again: it may cost a few reads and, where
        there is no answer, as many time limits. False only if the lock answers other
        questions; raises LockUnreachableError if it answers none.
        """
        return True

    def set_unreadable(self) -> None:
        """Treat the lock as one that shows nothing, whatever it could do otherwise.

        Called before the first probe, for a lock that was found not to answer reads.
        """
        return

    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        """Read each slot from the lock; a slot without an answer is unknown."""

    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Write a code into a slot, over whatever is there.

        With a schedule, the code is not enabled before a read has verified that the
        schedule is in force: not even between two commands. Raises
        ScheduleRejectedError where the lock cannot do that.
        """

    async def async_clear(self, slot: int) -> WriteResult:
        """Clear the code in a slot."""

    async def async_set_enabled(self, slot: int, *, on: bool) -> WriteResult:
        """Enable or disable the code in a slot and change nothing else about it.

        Called only for locks whose capabilities say that they can, and only for a code
        that a read has shown to be ours: reads must also show whether it is enabled.
        Raises CodeRejectedError if it is not ours any more, or if other credentials
        would be enabled or disabled with it.
        """
        raise NotSupportedError

    async def async_rename(self, slot: int, name: str) -> WriteResult:
        """Change the name that the lock keeps with a code of ours, and nothing else.

        Called only for locks whose capabilities say that they keep names, and only for a
        code that is proven to be ours. One command; the name is informative, so it is
        not read back. `NO_CHANGE` if the lock cannot hold this name, or has it already.
        Raises CodeRejectedError if the code is not ours any more.
        """
        raise NotSupportedError

    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        """Read the schedule of a slot; None if the lock does not say what it is.

        Called only for locks whose capabilities include schedules.
        """

    def restore_bindings(self, bindings: Mapping[int, Mapping[str, int]]) -> None:
        """Restore what was emitted as `BindingChanged` in earlier runs, by slot.

        Called once, before `subscribe`. Most locks need no bindings.
        """
        return

    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        """Call back in the event loop for every report of the lock.

        `Connected` is emitted during the call if the lock is connected already. It says
        whether reports may have been missed, which is so where the technology does not
        keep them for a client that is offline.
        """
