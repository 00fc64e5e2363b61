"""Data update coordinator of one lock: provider events in, frozen snapshots out."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ...logic.attribution import attribute_notice
from ...logic.snapshots import (
    SnapshotCache,
    all_verified_since,
    changed_credentials,
    lock_snapshot,
)
from ...model.access import AccessEvent
from ...model.credential import CredentialRef, LockId, PersonId
from ...model.journal import LockJournalEntry
from ...model.pin import Pin
from ...model.provider_io import Capabilities, LockAddress
from ...model.settings import LockSettings
from ...model.slot import SlotRecord
from ...model.slot_events import SlotNotice
from ...model.snapshot import LockSnapshot
from ...model.timing import Timing
from ...providers.base import LockProvider
from ..storage.stores import Journal, Vault
from .answer_watch import AnswerWatch
from .capability_probe import CapabilityProbe
from .connection import LockConnection
from .job_queue import JobQueue
from .lock_reports import LockReports
from .reconciler import LockReconciler
from .slot_reader import SlotReader
from .slot_records import SlotRecords
from .slot_requests import SlotRequests
from .timers import CallbackThrottle

_LOGGER: Final = logging.getLogger(__name__)


class LockCoordinator(DataUpdateCoordinator[LockSnapshot]):
    """Publishes snapshots of one lock, and owns its queue, connection and reconciler.

    Callers change slots through `slots`, have free ones searched for by `allocator`, and
    await answers of the lock from `requests`.

    It never reports an update error: reachability is a field of the snapshot, and the
    entities keep the last known state of the codes with its age. A listener whose
    context is a credential is called only when the state of that credential changed.
    """

    config_entry: ConfigEntry[Any]

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        settings: LockSettings,
        provider: LockProvider,
        journal: Journal,
        vault: Vault,
        timing: Timing,
        people: Callable[[], Collection[PersonId]],
        on_access: Callable[[AccessEvent], None],
        on_change: Callable[[LockSnapshot, Collection[CredentialRef]], None],
        request_plan: Callable[[LockId], None],
        on_address: Callable[[LockSettings], None] = lambda _: None,
    ) -> None:
        """Set the lock up from its journal entry; nothing is sent before `start`.

        `on_change` gets each new snapshot, and the credentials whose state changed, after
        the listeners. `request_plan` is called when the lock's capabilities differ from
        the stored ones, before any command that relies on them, and where a change of the
        plan was lost. `on_address` gets the settings with the address at which a lock
        without an accepted one was found first.
        """
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=settings.name,
            always_update=False,
        )
        self.settings = settings
        self._provider = provider
        self._people = people
        self._on_access = on_access
        self._on_change = on_change
        self._request_plan = request_plan
        self._on_address = on_address
        self._unsubscribe: Callable[[], None] | None = None
        self._publish_throttle = CallbackThrottle(
            hass, timing.publish_interval, self._publish
        )
        self._snapshot_cache: SnapshotCache | None = None
        self._changed: Collection[CredentialRef] | None = None
        """The changed credentials while a snapshot is published, else None."""
        self._queue = JobQueue(settings.name, timing.command_spacing)
        self._queue.hold()
        self._slot_records = SlotRecords(
            journal,
            settings.lock,
            settings.name,
            timing,
            on_notice=self._on_notice,
            on_unsettled=self._publish_at_once,
        )
        self._connection = LockConnection(
            hass,
            settings.name,
            provider=provider,
            queue=self._queue,
            timing=timing,
            on_change=self._publish_at_once,
            on_lost=self._on_lost,
            on_regained=self._on_regained,
            on_retry=self._on_retry,
            asks_unprompted=settings.checks_per_hour != 0,
        )
        self._answer_watch = AnswerWatch(
            hass,
            slot_records=self._slot_records,
            connection=self._connection,
            overdue_delay=timing.overdue_delay,
            unanswered_limit=settings.unanswered_limit,
            on_due=self._publish_at_once,
        )
        self._capability_probe = CapabilityProbe(
            hass,
            settings.name,
            provider=provider,
            connection=self._connection,
            timing=timing,
            on_found=self._on_probed,
        )
        self._reader = SlotReader(
            settings.lock,
            connection=self._connection,
            slot_records=self._slot_records,
            vault=vault,
            on_change=self._on_codes_changed,
        )
        self.slots = LockReconciler(
            hass,
            slot_records=self._slot_records,
            connection=self._connection,
            reader=self._reader,
            queue=self._queue,
            vault=vault,
            timing=timing,
            settings=settings,
            on_change=self._publish_soon,
            request_plan=partial(request_plan, settings.lock),
        )
        self.allocator = self.slots.allocator
        self.requests = SlotRequests(
            slot_records=self._slot_records,
            connection=self._connection,
            reader=self._reader,
            queue=self._queue,
            allocator=self.allocator,
            capabilities=self.async_capabilities,
            verify=self.slots.async_verify,
        )
        self._reports = LockReports(
            settings.lock,
            slot_records=self._slot_records,
            connection=self._connection,
            capability_probe=self._capability_probe,
            reconciler=self.slots,
            reader=self._reader,
            on_access=on_access,
            on_clock_checked=self._on_clock_checked,
        )
        self._is_clock_wrong = False
        first = self._snapshot()
        held = {view.credential for view in first.slots.values()}
        self.async_set_updated_data(self._answer_watch.async_observe(first, held))

    @property
    def journal_entry(self) -> LockJournalEntry:
        """Return the lock's journal entry."""
        return self._slot_records.journal_entry

    @property
    def capabilities(self) -> Capabilities | None:
        """Return the last known capabilities of the lock."""
        return self._slot_records.capabilities

    @property
    def changed_address(self) -> LockAddress | None:
        """Return where the lock is found now, None at the accepted address."""
        return self._connection.changed_address

    @property
    def expected_reports(self) -> Mapping[int, datetime]:
        """Return for each slot until when a report may be of our own command."""
        return self._slot_records.expected_reports.until

    @property
    def duplicates(self) -> Mapping[CredentialRef, int]:
        """Return in which slot a code that is not ours has the digits of a credential."""
        return self._reader.duplicates

    def slot_with(self, pin: Pin, credential: CredentialRef | None) -> int | None:
        """Return in which slot another code has these digits, which are of a credential."""
        return self._reader.slot_with(pin, credential)

    @property
    def is_idle(self) -> bool:
        """Return whether no job is running or queued."""
        return self._queue.is_idle

    @callback
    def async_start(self) -> None:
        """Subscribe to the lock; jobs run as soon as it is reachable."""
        records = self._slot_records.records.items()
        if self.settings.address is not None:
            self._provider.accept_address(self.settings.address)
        self._provider.restore_bindings(
            {slot: record.binding for slot, record in records if record.binding}
        )
        self._unsubscribe = self._provider.subscribe(self._reports.async_on_event)

    async def async_close(self) -> None:
        """Unsubscribe and stop all work; codes on the lock stay as they are."""
        self._publish_throttle.async_close()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self.slots.async_close()
        self.requests.async_close()
        self._answer_watch.async_close()
        self._connection.async_close()
        await self._capability_probe.async_close()
        await self._queue.async_close()
        self._slot_records.async_close()
        await self.async_shutdown()

    async def async_capabilities(self) -> Capabilities:
        """Return the lock's capabilities, probing the lock if the provider has none.

        Raises a ProviderError or CallTimeoutError if the probe fails.
        """
        known = self._provider.capabilities
        if known is None:
            known = await self._capability_probe.async_probe()
            self._accept_first_address(self._provider.address())
        self._set_capabilities(known)
        return known

    @callback
    def _on_probed(self, capabilities: Capabilities) -> None:
        self._accept_first_address(self._provider.address())
        self._set_capabilities(capabilities)
        self._publish_soon()

    @callback
    def _accept_first_address(self, address: LockAddress | None) -> None:
        """Accept the address of a lock that was managed before addresses were stored."""
        if self.settings.address is None and address is not None:
            self._provider.accept_address(address)
            self.settings = replace(self.settings, address=address)
            self._on_address(self.settings)

    @callback
    def _set_capabilities(self, capabilities: Capabilities) -> None:
        if capabilities != self._slot_records.capabilities:
            self._slot_records.async_set_capabilities(capabilities)
            self._request_plan(self.settings.lock)

    @callback
    def async_note_use(self, event: AccessEvent) -> bool:
        """Note whether the lock names the codes that open it; return whether that is new."""
        is_new = self._slot_records.async_note_use(event)
        if is_new:
            self._publish_soon()
        return is_new

    @callback
    def async_on_storage_changed(self) -> None:
        """Handle that writing the journal has begun to fail, or works again."""
        self.slots.async_on_storage_changed()
        self._publish_soon()

    # Connection

    @callback
    def _on_retry(self) -> None:
        if self._capability_probe.is_done and self.slots.async_queue_retry():
            self._connection.async_retry_now()
        else:
            self._capability_probe.async_start()

    @callback
    def _on_lost(self) -> None:
        self.slots.async_on_lost()
        self.requests.async_cancel_all()

    @callback
    def _on_regained(self) -> None:
        self.slots.async_on_regained()

    @callback
    def async_check_duplicates(self) -> None:
        """Compare the PINs with the codes that are not ours, after they have changed."""
        if self.data.duplicates != self._reader.duplicates:
            self._on_codes_changed()

    @callback
    def _on_codes_changed(self) -> None:
        self.slots.async_on_codes_changed()

    @callback
    def _on_notice(self, record: SlotRecord, notice: SlotNotice) -> None:
        at = dt_util.utcnow()
        self._on_access(attribute_notice(notice, self.settings.lock, record, at))

    @callback
    def _on_clock_checked(self, is_wrong: bool) -> None:
        self._is_clock_wrong = is_wrong
        self._publish_soon()

    # Snapshots

    @callback
    def _publish_soon(self) -> None:
        """Publish a snapshot, throttled while jobs are queued."""
        self._publish_throttle.async_request(at_once=self._queue.is_idle)

    @callback
    def _publish_at_once(self) -> None:
        """Publish a snapshot in this turn: the last one is no longer true."""
        self._publish_throttle.async_request(at_once=True)

    @callback
    def _publish(self) -> None:
        snapshot = self._snapshot()
        changed = changed_credentials(self.data, snapshot)
        snapshot = self._answer_watch.async_observe(snapshot, changed)
        if snapshot == self.data:
            return
        self._changed = changed
        self.async_set_updated_data(snapshot)
        self._changed = None
        self._on_change(snapshot, changed)

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Update the entities concerned; an exception in one does not stop the others."""
        changed = self._changed
        for update, context in list(self._listeners.values()):
            if changed is not None and context is not None and context not in changed:
                continue
            try:
                update()
            except Exception:
                _LOGGER.exception("Updating an entity of lock %s failed", self.name)

    def _snapshot(self) -> LockSnapshot:
        before: LockSnapshot | None = self.data
        people = self._people()
        snapshot = lock_snapshot(
            self._slot_records.journal_entry,
            self._slot_records.rules,
            people,
            self.allocator.unassigned,
            reachable=self._connection.reachable,
            incompatible=self._connection.incompatible,
            storage_failed=self._slot_records.is_storage_failing,
            unanswered_since=self._answer_watch.unanswered_since,
            outdated=self._answer_watch.is_outdated,
            failing_slots=self.slots.failing_slots,
            changed_address=self._connection.changed_address,
            not_usable_slots=self.allocator.not_usable_count,
            duplicates=self._reader.duplicates,
            clock_wrong=self._is_clock_wrong,
            earlier=self._snapshot_cache,
        )
        self._snapshot_cache = SnapshotCache(
            self._slot_records.journal_entry, people, snapshot
        )
        since = all_verified_since(snapshot, before, busy=not self._queue.is_idle)
        return (
            snapshot if since is None else replace(snapshot, all_verified_since=since)
        )
