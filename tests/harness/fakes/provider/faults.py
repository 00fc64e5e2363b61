"""What is wrong with a fake lock."""

from dataclasses import dataclass, field

from custom_components.keyholder.model.slot import Reason
from tests.harness.fakes.provider.terms import EnabledShown


@dataclass(slots=True)
class Faults:
    """What is wrong with the lock. A number is how often, True is always."""

    drop_writes: int | bool = False
    """Accepted and not stored."""
    drops_lengths: frozenset[int] = frozenset()
    """Codes of so many digits are accepted and not stored."""
    drop_clears: int | bool = False
    """Accepted and not cleared."""
    drop_switches: int | bool = False
    """Accepted, and the code stays as it was."""
    refuse_switches: bool = False
    """A switch is refused: the lock says that it cannot."""
    late: bool = False
    """Accepted, and carried out by `land()`."""
    silent_reads: int | bool = False
    """A read brings `unknown`: no answer, or none that can be understood."""
    silent_slots: set[int] = field(default_factory=set)
    """Slots that no read tells anything of."""
    reads_unsupported: bool = False
    """The lock answers everything but reads of its slots."""
    slots_not_usable: set[int] = field(default_factory=set)
    """Slots of which each read says that they cannot be used."""
    unreachable: int | bool = False
    """LockUnreachableError, before anything happens."""
    lost_answers: int | bool = False
    """LockUnreachableError, after a write or clear was carried out."""
    commits_after: float = 0
    """Seconds after which what was accepted is carried out."""
    answers_after: float = 0
    """Seconds after which a call returns; what it does is done before."""
    claims: bool = False
    """Every command is reported as done, carried out or not."""
    claims_after: float | None = None
    """Seconds after which a command is reported as done, whatever its answer was."""
    cut_off: int | bool = False
    """The way to the lock goes once a command was carried out: no answer."""
    enabled: EnabledShown = EnabledShown.AS_HELD
    refuse: Reason | None = None
    """A write is refused, and why."""
    refuse_late: float | None = None
    """A write is accepted; so many seconds later it is refused as a duplicate."""
    refuse_duplicates: bool = True
    """A code that another slot has is refused."""
    refuse_limits: int | bool = False
    """ScheduleRejectedError, before anything happens."""
    drop_limits: int | bool = False
    """Limits are accepted and not stored, which reading them back shows."""
    keep_limits: int | bool = False
    """The limits of an earlier holder are not erased, which reading them back shows."""
    silent_limits: int | bool = False
    """A read of limits brings no answer; within a write: LimitsUnknown."""
    limits_need_code: bool = False
    """A slot takes limits only while a code is in it, be it a disabled one."""
    breaks: BaseException | None = None
    """Raised by every call."""
    fails_late: BaseException | None = None
    """Raised by every command, after it was carried out."""
    deaf: bool = False
    """A call that hangs cannot be cancelled, only released."""
