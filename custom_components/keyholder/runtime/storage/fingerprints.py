"""Fingerprints of codes that are not ours: whether they have the digits of a PIN of ours."""

from collections.abc import Collection, Mapping
from secrets import token_bytes
from typing import Any, Final

from ...model.credential import LockId
from ...model.pin import Pin
from .durable_store import StoreData, as_mapping

_KEY_BYTES: Final = 32


class Fingerprints:
    """The fingerprint of each readable code that is not ours, by lock and slot.

    They are made with a random key of the site (HMAC), so they tell nothing of the digits
    without it, and are kept in the vault's file. Each method that changes something
    returns whether it did.
    """

    def __init__(self) -> None:
        """Begin with none, and with a new key."""
        self._key = token_bytes(_KEY_BYTES)
        self._locks: dict[LockId, dict[int, str]] = {}

    def of(self, pin: Pin) -> str:
        """Return the fingerprint of a PIN."""
        return pin.fingerprint(self._key)

    def slots(self, lock: LockId) -> Mapping[int, str]:
        """Return the known fingerprints on a lock by slot."""
        return self._locks.get(lock, {})

    def note(self, lock: LockId, slot: int, code: Pin | None) -> bool:
        """Keep what a read showed: a code that is not ours, None for no such code."""
        known = self._locks.get(lock, {})
        found = None if code is None else self.of(code)
        if known.get(slot) == found:
            return False
        rest = {other: each for other, each in known.items() if other != slot}
        if found is not None:
            rest[slot] = found
        self._locks[lock] = rest
        return True

    def keep_only(self, locks: Collection[LockId]) -> bool:
        """Forget what is known of all other locks."""
        kept = {lock: slots for lock, slots in self._locks.items() if lock in locks}
        is_changed = kept.keys() != self._locks.keys()
        self._locks = kept
        return is_changed

    def load(self, stored: object) -> None:
        """Take what was stored. Raises ValueError or TypeError; nothing is known then."""
        data = as_mapping(stored)
        key = bytes.fromhex(data["key"])
        if len(key) != _KEY_BYTES:
            raise ValueError("a key of another length")
        locks = {
            str(lock): {
                int(slot): str(each) for slot, each in as_mapping(slots).items()
            }
            for lock, slots in as_mapping(data["locks"]).items()
        }
        self._key, self._locks = key, locks

    def encode(self) -> StoreData:
        """Return what is to be stored; empty while there is nothing to compare with."""
        locks: dict[str, Any] = {
            lock: {str(slot): each for slot, each in slots.items()}
            for lock, slots in self._locks.items()
            if slots
        }
        return {"key": self._key.hex(), "locks": locks} if locks else {}
