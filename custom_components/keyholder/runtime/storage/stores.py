"""Persistent stores of a site: the journal of slot records, and the vault of PINs.

Only this module and the providers reveal a PIN.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
import logging
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.json import cached_json_fragment, json_fragment
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ...const import DOMAIN
from ...model.credential import CredentialRef, LockId, PersonId
from ...model.journal import LockJournalEntry
from ...model.pin import Pin
from ...model.slot import SlotRecord
from .durable_store import (
    DurableStore,
    GroupCommit,
    StorageError,
    StoreData,
    as_mapping,
)
from .fingerprints import Fingerprints
from .pin_serialization import StoredPin, parse_pins
from .serialization import StoredForm

_LOGGER: Final = logging.getLogger(__name__)

STORAGE_VERSION: Final = 1


_ENCODE_ENTRY: Final = BasicEncoder(LockJournalEntry, default_dialect=StoredForm)
_ENCODE_RECORD: Final = BasicEncoder(SlotRecord, default_dialect=StoredForm)
_DECODE_ENTRY: Final = BasicDecoder(LockJournalEntry, default_dialect=StoredForm)


@dataclass(frozen=True, slots=True)
class LoadResult:
    """Result of loading a store. `damaged`: there was a file, but it cannot be used."""

    found: bool
    damaged: bool = False


async def async_load_store[K, V](
    store: DurableStore, parse: Callable[[Mapping[str, Any]], dict[K, V]]
) -> tuple[dict[K, V], LoadResult]:
    """Load and parse a store; the data is empty if the file is missing or damaged."""
    try:
        data = await store.async_load()
        if data is None:
            return {}, LoadResult(found=False)
        return parse(as_mapping(data)), LoadResult(found=True)
    except Exception as err:  # noqa: BLE001 - a damaged file must not stop the setup
        store.async_set_aside_before_write()
        # the text of such an error may quote what is stored
        _LOGGER.error("%s cannot be read: %s", store.key, type(err).__name__)
        return {}, LoadResult(found=True, damaged=True)


class Journal:
    """The slot records of all locks: intents are stored at once, results soon after.

    While `read_only` is set nothing is written to disk: the file is missing or damaged.
    It is left as it is, so that it can be restored, and so that the next start detects
    the loss again.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        on_health: Callable[[], None] | None = None,
    ) -> None:
        """Create the journal of one site; nothing is loaded yet.

        `on_health` is called when `is_failing` has changed.
        """
        self._store = DurableStore(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.slots")
        self._commit = GroupCommit(
            hass, self._store, self._encode, self._mark_committed, on_health
        )
        self.read_only = False
        self._entries: dict[LockId, LockJournalEntry] = {}
        self._committed: Mapping[LockId, LockJournalEntry] = {}
        self._writing: Mapping[LockId, LockJournalEntry] = {}
        self._encoded: dict[LockId, _Encoded] = {}

    @property
    def entries(self) -> Mapping[LockId, LockJournalEntry]:
        """Return the journal entries by lock."""
        return self._entries

    def last_revision(self, credential: CredentialRef) -> int:
        """Return the highest revision of a credential in any slot record, 0 for none."""
        return max(
            (
                record.revision
                for entry in self._entries.values()
                for record in entry.records.values()
                if record.credential == credential
            ),
            default=0,
        )

    @property
    def commits(self) -> int:
        """Return how many times the journal was written to disk."""
        return self._commit.commits

    @property
    def is_failing(self) -> bool:
        """Return whether the last write of the journal failed."""
        return self._commit.failing

    async def async_load(self) -> LoadResult:
        """Load the journal from disk."""
        self._entries, loaded = await async_load_store(self._store, _parse_entries)
        self._committed = dict(self._entries)
        return loaded

    @callback
    def async_save_entry(self, entry: LockJournalEntry) -> None:
        """Save a journal entry; it is written to disk soon."""
        if self._entries.get(entry.lock) != entry:
            self._entries[entry.lock] = entry
            self._schedule()

    @callback
    def async_remove_entry(self, lock: LockId) -> None:
        """Delete the journal entry of a lock."""
        if self._entries.pop(lock, None) is not None:
            self._schedule()

    @callback
    def _schedule(self) -> None:
        if not self.read_only:
            self._commit.async_schedule()

    def committed(self, lock: LockId) -> LockJournalEntry | None:
        """Return a lock's journal entry as of the last successful write."""
        return self._committed.get(lock)

    async def async_commit(self) -> None:
        """Write all entries to disk; raise StorageError if that fails."""
        if self.read_only:
            raise StorageError("the journal was lost")
        await self._commit.async_commit()

    async def async_flush(self) -> None:
        """Write pending changes to disk."""
        await self._commit.async_flush()

    async def async_remove(self) -> None:
        """Delete the journal."""
        await self._store.async_remove()

    async def async_close(self) -> None:
        """Write pending changes to disk; store nothing after that."""
        await self._commit.async_close()

    def _mark_committed(self) -> None:
        self._committed = self._writing

    def _encode(self) -> StoreData:
        self._writing = dict(self._entries)
        self._encoded = {
            lock: _encode_entry(entry, self._encoded.get(lock))
            for lock, entry in self._entries.items()
        }
        return {"locks": [encoded.form for encoded in self._encoded.values()]}


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A journal entry and its serialized form, with the serialized records."""

    entry: LockJournalEntry
    form: json_fragment
    records: Mapping[int, json_fragment]


def _encode_entry(entry: LockJournalEntry, known: _Encoded | None) -> _Encoded:
    """Serialize a journal entry; the parts that have not changed are reused."""
    before: Mapping[int, SlotRecord] = {}
    forms: Mapping[int, json_fragment] = {}
    if known is not None:
        if known.entry is entry:
            return known
        before, forms = known.entry.records, known.records
    records = {
        slot: forms[slot]
        if before.get(slot) is record
        else cached_json_fragment(_ENCODE_RECORD.encode(record))
        for slot, record in entry.records.items()
    }
    form = _ENCODE_ENTRY.encode(replace(entry, records={})) | {"records": records}
    return _Encoded(entry, cached_json_fragment(form), records)


def _parse_entries(data: Mapping[str, Any]) -> dict[LockId, LockJournalEntry]:
    entries = [_DECODE_ENTRY.decode(entry) for entry in data["locks"]]
    if any(
        slot != record.slot
        for entry in entries
        for slot, record in entry.records.items()
    ):
        raise ValueError("a record in a place that is not its slot's")
    return {entry.lock: entry for entry in entries}


class Vault:
    """The only store of PINs, by credential; the person id comes from the person's flow.

    It compares them with the codes on the locks that are not ours, of which it keeps
    fingerprints.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Create the vault of one site; nothing is loaded yet."""
        self._store = DurableStore(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.secrets"
        )
        self._commit = GroupCommit(hass, self._store, self._encode)
        self._secrets: dict[CredentialRef, StoredPin] = {}
        self._new: dict[CredentialRef, StoredPin] = {}
        self._fingerprints = Fingerprints()

    async def async_load(self) -> LoadResult:
        """Load the vault from disk. A damaged PIN is missing, and so is told as damage."""
        damaged = 0

        def parse(data: Mapping[str, Any]) -> dict[CredentialRef, StoredPin]:
            nonlocal damaged
            pins, damaged = parse_pins(data["credentials"])
            if (fingerprints := data.get("fingerprints")) is not None:
                with suppress(KeyError, TypeError, ValueError):
                    # the next reads make them anew
                    self._fingerprints.load(fingerprints)
            return pins

        self._secrets, loaded = await async_load_store(self._store, parse)
        if damaged:
            self._store.async_set_aside_before_write()
            _LOGGER.error("%s: damaged PINs: %s", self._store.key, damaged)
            return replace(loaded, damaged=True)
        return loaded

    @property
    def credentials(self) -> Collection[CredentialRef]:
        """Return all credentials that have a PIN."""
        return tuple(self._secrets)

    def has_former(self, credential: CredentialRef) -> bool:
        """Return whether a credential has PINs of former revisions."""
        return len(self.pins(credential)) > 1

    @property
    def revisions(self) -> Mapping[CredentialRef, int]:
        """Return the current revision of every credential."""
        return {ref: secret.current for ref, secret in self._secrets.items()}

    def pins(self, credential: CredentialRef) -> Mapping[int, Pin]:
        """Return the PINs of a credential that a lock may still hold, by revision."""
        secret = self._secrets.get(credential)
        return {} if secret is None else secret.revisions

    def current_pin(self, credential: CredentialRef) -> Pin | None:
        """Return the current PIN of a credential, None if there is none."""
        secret = self._secrets.get(credential)
        return None if secret is None else secret.revisions[secret.current]

    def slots_with(self, lock: LockId, pin: Pin) -> tuple[int, ...]:
        """Return the slots of a lock in which a code that is not ours has these digits."""
        slots = self._fingerprints.slots(lock)
        if not slots:
            return ()
        found = self._fingerprints.of(pin)
        return tuple(slot for slot, each in sorted(slots.items()) if each == found)

    def duplicates(self, lock: LockId) -> Iterator[tuple[int, CredentialRef]]:
        """Yield each slot of a lock in which such a code has the digits of a credential."""
        if not self._fingerprints.slots(lock):
            return
        for credential, secret in self._secrets.items():
            for pin in secret.revisions.values():
                for slot in self.slots_with(lock, pin):
                    yield slot, credential

    @callback
    def async_note_code(self, lock: LockId, slot: int, code: Pin | None) -> bool:
        """Keep the fingerprint of a code that is not ours; None: there is no such code.

        Returns whether that is new.
        """
        is_new = self._fingerprints.note(lock, slot, code)
        if is_new:
            self._commit.async_schedule()
        return is_new

    @callback
    def async_keep_locks(self, locks: Collection[LockId]) -> None:
        """Forget the codes on all other locks."""
        if self._fingerprints.keep_only(locks):
            self._commit.async_schedule()

    async def async_set_pin(
        self, credential: CredentialRef, pin: Pin, *, after: int = 0
    ) -> int:
        """Store a new PIN, on disk before this returns; return its revision.

        The revision is greater than `after`: a revision that a slot record may still
        refer to is never reused. Raises StorageError, and then the old PIN is still the
        current one.
        """
        before = self._secrets.get(credential)
        if before is not None and before.revisions[before.current] == pin:
            return before.current
        revisions = {} if before is None else dict(before.revisions)
        revision = max((after, *revisions)) + 1
        revisions[revision] = pin
        secret = StoredPin(current=revision, revisions=revisions)
        # not in `_secrets` yet: no lock may get it before it is on disk
        self._new[credential] = secret
        try:
            await self._commit.async_commit()
        finally:
            del self._new[credential]
        self._secrets[credential] = secret
        return revision

    @callback
    def async_prune_former_pins(
        self, credential: CredentialRef, held: Collection[int]
    ) -> None:
        """Delete the PINs of former revisions, except those that a lock may still hold."""
        secret = self._secrets.get(credential)
        if secret is None:
            return
        kept = {
            number: pin
            for number, pin in secret.revisions.items()
            if number == secret.current or number in held
        }
        if len(kept) < len(secret.revisions):
            self._secrets[credential] = replace(secret, revisions=kept)
            self._commit.async_schedule()

    @callback
    def async_forget(self, person: PersonId) -> None:
        """Delete all PINs of a person."""
        refs = [ref for ref in self._secrets if ref.person == person]
        for ref in refs:
            del self._secrets[ref]
        if refs:
            self._commit.async_schedule()

    async def async_flush(self) -> None:
        """Write pending changes to disk."""
        await self._commit.async_flush()

    async def async_close(self) -> None:
        """Write pending changes to disk; store nothing after that."""
        await self._commit.async_close()

    async def async_remove(self) -> None:
        """Delete the vault."""
        await self._store.async_remove()

    def _encode(self) -> StoreData:
        fingerprints = self._fingerprints.encode()
        return {
            "credentials": [
                {
                    "person": ref.person,
                    "credential": ref.credential,
                    "current": secret.current,
                    "revisions": {
                        str(number): pin.reveal()
                        for number, pin in secret.revisions.items()
                    },
                }
                for ref, secret in (self._secrets | self._new).items()
            ],
            **({"fingerprints": fingerprints} if fingerprints else {}),
        }
