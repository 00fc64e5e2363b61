"""Refuse a PIN that is on a chosen lock already, in a slot that Keyholder did not write."""

from collections.abc import Iterable
from typing import Final

from homeassistant.const import CONF_PIN

from ..model.credential import CredentialRef, PersonId
from ..model.pin import Pin
from ..runtime.lock.coordinator import LockCoordinator
from .errors import InvalidInputError

_PRESENT: Final = "present_"


def validate_not_on_locks(
    pin: Pin,
    locks: Iterable[LockCoordinator],
    person: PersonId | None,
    *,
    is_present: bool = False,
) -> None:
    """Raise InvalidInputError with the first lock and slot that are known to hold the PIN.

    `person` is whose PIN it is to be, `is_present` whether it is theirs already.
    """
    credential = None if person is None else CredentialRef(person)
    for lock in locks:
        if (slot := lock.slot_with(pin, credential)) is not None:
            prefix = _PRESENT if is_present else ""
            raise InvalidInputError(
                f"{prefix}pin_on_lock",
                CONF_PIN,
                lock=lock.settings.name,
                slot=str(slot),
            )
