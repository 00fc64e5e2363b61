"""The slots of a lock that may be used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..model.reading import Capabilities
from ..model.slot import SlotRecord
from ..runtime.membership import CONF_FIRST_SLOT, CONF_LAST_SLOT
from .refused import InvalidInputError


@dataclass(frozen=True, slots=True)
class SlotRange:
    """The first and last slot that may be used, or None where all may."""

    first: int | None = None
    last: int | None = None

    def as_data(self) -> dict[str, int | None]:
        """Return the limits as the subentry keeps them."""
        return {CONF_FIRST_SLOT: self.first, CONF_LAST_SLOT: self.last}

    def allow(self, slot: int) -> bool:
        """Return whether a slot may be used."""
        if self.first is None or self.last is None:
            return True
        return self.first <= slot <= self.last


def validate_slot_range(
    user_input: Mapping[str, Any], capabilities: Capabilities | None, lock: str
) -> SlotRange:
    """Return the limits that were entered; Refused if the lock cannot keep them.

    `capabilities` are None for a lock that could never be reached yet.
    """
    first = validate_int(user_input, CONF_FIRST_SLOT, "slot_not_whole")
    last = validate_int(user_input, CONF_LAST_SLOT, "slot_not_whole")
    if first is None and last is None:
        if capabilities is not None and not capabilities.shows_occupancy:
            raise InvalidInputError("slots_needed", CONF_FIRST_SLOT, lock=lock)
        return SlotRange()
    if first is None or last is None:
        missing = CONF_FIRST_SLOT if first is None else CONF_LAST_SLOT
        raise InvalidInputError("slots_both", missing)
    if first > last:
        raise InvalidInputError("slots_reversed", CONF_LAST_SLOT, first=str(first))
    if capabilities is not None:
        for field, slot in ((CONF_FIRST_SLOT, first), (CONF_LAST_SLOT, last)):
            if slot not in capabilities.slots:
                raise InvalidInputError(
                    "slot_out_of_range",
                    field,
                    lock=lock,
                    lowest=str(capabilities.slots[0]),
                    highest=str(capabilities.slots[-1]),
                )
    return SlotRange(first, last)


def check_used_slots(limits: SlotRange, records: Iterable[SlotRecord]) -> None:
    """Raise Refused if the limits leave out a slot that somebody has for good."""
    left_out = [record for record in records if not limits.allow(record.slot)]
    if left_out:
        raise InvalidInputError(
            "slots_in_use",
            slots=", ".join(
                f"{record.slot} ({record.person_name})"
                for record in sorted(left_out, key=lambda record: record.slot)
            ),
        )


def validate_int(user_input: Mapping[str, Any], field: str, error: str) -> int | None:
    """Return what was entered, None if nothing was; Refused if it is not whole."""
    entered = user_input.get(field)
    if entered is None:
        return None
    try:
        number = int(entered)
    except OverflowError, ValueError:
        raise InvalidInputError(error, field) from None
    if number != entered:
        raise InvalidInputError(error, field)
    return number
