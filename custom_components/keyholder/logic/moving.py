"""From the records of one lock to those of the lock that took its place."""

from dataclasses import replace

from ..model.credential import LockId
from ..model.page import LockPage
from ..model.reading import Capabilities
from ..model.slot import SlotRecord


def moved_page(page: LockPage, lock: LockId, capabilities: Capabilities) -> LockPage:
    """Return the page of a lock that took the place of another one.

    It wants what the other one was to hold, and believes nothing: every slot is read
    before it is written. Slots that the new lock does not have are given up; who had
    one is found another.
    """
    return LockPage(
        lock=lock,
        name=page.name,
        capabilities=capabilities,
        records={
            slot: _unbelieved(record)
            for slot, record in page.records.items()
            if slot in capabilities.slots
        },
        moved_from=(*page.moved_from, page.lock),
    )


def without_origin(page: LockPage, lock: LockId) -> LockPage:
    """Return a page whose lock has nothing to do with that other one any more."""
    origins = tuple(origin for origin in page.moved_from if origin != lock)
    return replace(page, moved_from=origins)


def _unbelieved(record: SlotRecord) -> SlotRecord:
    return SlotRecord(
        slot=record.slot,
        credential=record.credential,
        label=record.label,
        desired=record.desired,
        revision=record.revision,
        owner_saved=record.owner_saved,
        stale=True,
        moved=not record.is_gone,
    )
