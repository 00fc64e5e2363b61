"""Attribute what a lock reports to the person whose code was used."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from ..model.access import AccessEvent, AccessType
from ..model.credential import LockId, PersonId
from ..model.lock_events import AccessDenied, Action, LockOperated, Method
from ..model.slot import Origin, SlotRecord
from ..model.slot_events import SlotNotice
from .code_uses import could_open_at, holds_only_ours
from .disabled_codes import has_disabled_code

_NOBODY: Final[Mapping[int, PersonId]] = MappingProxyType({})

_NOTICES: Final = {
    SlotNotice.CODE_ADDED: AccessType.CODE_ADDED,
    SlotNotice.CODE_CHANGED: AccessType.CODE_CHANGED,
    SlotNotice.CODE_REMOVED: AccessType.CODE_REMOVED,
}


def attribute_event(
    event: LockOperated | AccessDenied,
    lock: LockId,
    records: Mapping[int, SlotRecord],
    same_digits: Mapping[int, PersonId] = _NOBODY,
) -> AccessEvent:
    """Return the access event for a report of the lock, with the person if that is certain.

    The person is the owner of the slot whose code was used at the keypad, or None where
    the slot may hold a code that is not ours, or is known to have held none of ours then:
    many locks report a master code with the number of an empty slot. Slot 0 is how some
    locks report that they do not know. `same_digits` are slots with a code that is not
    ours, and whose digits it has.
    """
    kind, method, slot = AccessType.DENIED, None, event.slot or None
    if isinstance(event, LockOperated):
        unlocked = event.action is Action.UNLOCK
        kind = AccessType.UNLOCKED if unlocked else AccessType.LOCKED
        method = event.method
        if method is not Method.KEYPAD:
            # a slot reported with any other method is not that of a code that was used
            slot = None
    record = None if slot is None else records.get(slot)
    named = could_open_at if isinstance(event, LockOperated) else _could_be_denied
    holder = record if record is not None and named(record, event.at) else None
    return AccessEvent(
        lock=lock,
        type=kind,
        at=event.at,
        method=method,
        slot=slot,
        person=None if holder is None else holder.credential.person,
        name=None if holder is None else holder.person_name,
        digits_of=same_digits.get(slot) if slot and holder is None else None,
        reason=event.reason if isinstance(event, AccessDenied) else None,
        reported_at=event.reported_at if isinstance(event, LockOperated) else None,
    )


def attribute_notice(
    notice: SlotNotice, lock: LockId, record: SlotRecord, at: datetime
) -> AccessEvent:
    """Return the access event for an external change, with the person if the code is ours."""
    ours = record.origin is not Origin.UNMANAGED
    return AccessEvent(
        lock=lock,
        type=_NOTICES[notice],
        at=at,
        slot=record.slot,
        person=record.credential.person if ours else None,
        name=record.person_name if ours else None,
    )


def _could_be_denied(record: SlotRecord, at: datetime) -> bool:
    """Return whether a code that was denied can have been ours: also one that is disabled."""
    in_place = has_disabled_code(record) and holds_only_ours(record)
    return in_place or could_open_at(record, at)
