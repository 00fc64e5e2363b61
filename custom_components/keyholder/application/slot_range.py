"""Validation of the slot range that Keyholder may use on a lock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..const import CONF_CHECKS, CONF_FIRST_SLOT, CONF_LAST_SLOT
from ..model.provider_io import Capabilities
from ..model.settings import MAX_CHECKS
from ..model.slot import SlotRecord
from .errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class SlotRange:
    """The first and last slot that may be used, both None if all may."""

    first: int | None = None
    last: int | None = None

    def as_data(self) -> dict[str, int | None]:
        """Return the range as subentry data."""
        return {CONF_FIRST_SLOT: self.first, CONF_LAST_SLOT: self.last}

    def allow(self, slot: int) -> bool:
        """Return whether the range contains a slot."""
        if self.first is None or self.last is None:
            return True
        return self.first <= slot <= self.last


def validate_slot_range(
    user_input: Mapping[str, Any], capabilities: Capabilities | None, lock: str
) -> SlotRange:
    """Return the entered slot range. Raises InvalidInputError if the lock lacks it.

    `capabilities` is None for a lock that has never been reached.
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


def check_used_slots(slot_range: SlotRange, records: Iterable[SlotRecord]) -> None:
    """Raise InvalidInputError if the range excludes a slot that has a record."""
    excluded = [record for record in records if not slot_range.allow(record.slot)]
    if excluded:
        raise InvalidInputError(
            "slots_in_use",
            slots=", ".join(
                f"{record.slot} ({record.person_name})"
                for record in sorted(excluded, key=lambda record: record.slot)
            ),
        )


def validate_int(user_input: Mapping[str, Any], field: str, error: str) -> int | None:
    """Return the entered integer, None if the field is empty.

    Raises InvalidInputError with the key `error` if it is not a whole number.
    """
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


def validate_checks_per_hour(user_input: Mapping[str, Any]) -> int | None:
    """Return the entered checks per hour, None for automatic. Raises InvalidInputError."""
    checks = validate_int(user_input, CONF_CHECKS, "checks_not_whole")
    if checks is not None and not 0 <= checks <= MAX_CHECKS:
        raise InvalidInputError(
            "checks_out_of_range", CONF_CHECKS, most=str(MAX_CHECKS)
        )
    return checks
