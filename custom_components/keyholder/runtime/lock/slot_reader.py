"""Read slots of one lock, and know which codes that are not ours have digits of our people."""

from collections.abc import Callable, Mapping

from homeassistant.core import callback

from ...model.credential import CredentialRef, LockId, PersonId
from ...model.pin import Pin
from ...model.provider_io import Occupancy, SlotReading
from ..storage.stores import Vault
from .connection import LockConnection
from .slot_records import SlotRecords


class SlotReader:
    """Reads slots for every purpose, and keeps the fingerprint of each code that is not ours.

    What a read shows masked, or not at all, leaves a fingerprint as it is.
    """

    def __init__(
        self,
        lock: LockId,
        *,
        connection: LockConnection,
        slot_records: SlotRecords,
        vault: Vault,
        on_change: Callable[[], None],
    ) -> None:
        """Read slots of a lock; call `on_change` when a fingerprint has changed."""
        self._lock = lock
        self._connection = connection
        self._slot_records = slot_records
        self._vault = vault
        self._on_change = on_change

    async def async_read(self, slot: int) -> SlotReading | None:
        """Read one slot; return None if the read failed."""
        reading = await self._connection.async_read(slot)
        if reading is not None:
            self._note(slot, reading)
        return reading

    @property
    def duplicates(self) -> Mapping[CredentialRef, int]:
        """Return in which slot another code has the digits of a credential, where known."""
        return {
            credential: slot
            for slot, credential in sorted(self._by_slot(), reverse=True)
        }

    @property
    def owners(self) -> Mapping[int, PersonId]:
        """Return whose digits a code has that is not ours, by slot."""
        return {slot: credential.person for slot, credential in self._by_slot()}

    def duplicate_slot(self, credential: CredentialRef, revision: int) -> int | None:
        """Return in which slot another code has the digits of this revision, if in any."""
        pin = self._vault.pins(credential).get(revision)
        return None if pin is None else self.slot_with(pin, credential)

    def slot_with(self, pin: Pin, credential: CredentialRef | None) -> int | None:
        """Return in which slot another code has these digits, which are of a credential."""
        return next(
            (
                slot
                for slot in self._vault.slots_with(self._lock, pin)
                if credential is None or not self._is_of(credential, slot)
            ),
            None,
        )

    @callback
    def _note(self, slot: int, reading: SlotReading) -> None:
        if reading.occupancy is Occupancy.EMPTY:
            code = None
        elif reading.code is None:
            return
        else:
            record = self._slot_records.records.get(slot)
            ours = (
                () if record is None else self._vault.pins(record.credential).values()
            )
            code = None if reading.code in ours else reading.code
        if self._vault.async_note_code(self._lock, slot, code):
            self._on_change()

    def _by_slot(self) -> list[tuple[int, CredentialRef]]:
        return [
            (slot, credential)
            for slot, credential in self._vault.duplicates(self._lock)
            if not self._is_of(credential, slot)
        ]

    def _is_of(self, credential: CredentialRef, slot: int) -> bool:
        """Return whether the slot is the credential's own: its PIN was taken from there."""
        record = self._slot_records.records.get(slot)
        return record is not None and record.credential == credential
