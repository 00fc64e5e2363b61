"""Views of a site for entities, diagnostics and dialogs: frozen, and without a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ...logic.person_status import PersonCodes
from ...model.access import Usage
from ...model.access_rules import RuleResult
from ...model.credential import CredentialRef, Person
from ...model.evidence import Evidence
from ...model.journal import LockJournalEntry
from ...model.lock_schedule import EnforcedBy
from ...model.pin_lengths import PinLengths
from ...model.slot import DesiredState, Reason, SlotState
from ...model.snapshot import LockSnapshot
from ...model.timing import Timing


@dataclass(frozen=True, slots=True)
class LockView:
    """A managed lock; `unassigned` are the names of people whose code has no slot.

    `pin_lengths` are those that it takes, by its owner's word or its own.
    """

    snapshot: LockSnapshot
    unassigned: tuple[str, ...]
    pin_lengths: PinLengths


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person with their codes, the result of their access rule and their uses.

    `uncounted_locks` are the names of the locks where a limit of their uses counts none:
    those have never named the code that opened them. Empty without a limit.
    """

    person: Person
    codes: PersonCodes
    rule_result: RuleResult
    usage: Usage
    has_pin: bool
    uncounted_locks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """The code of a person on one lock; `slot` is None while it has no slot.

    `desired` is None while nothing is planned. `enforced_by` is who enforces the
    person's rule, None if it restricts nothing. `disabled`: the code is kept in the lock,
    and a read showed it disabled.
    """

    state: SlotState | None
    desired: DesiredState | None
    reason: Reason | None
    enforced_by: EnforcedBy | None
    slot: int | None = None
    evidence: Evidence = Evidence.NONE
    verified_at: datetime | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDiagnostics:
    """What diagnostics need besides the locks; the journal entries are those of all locks."""

    journal_lost: bool
    journal_commits: int
    timing: Timing
    people: tuple[PersonView, ...]
    pin_revisions: Mapping[CredentialRef, int]
    journal_entries: tuple[LockJournalEntry, ...]
