"""The journal comes back as it was, and says what is stored of it."""

from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime
import json
from typing import Any, get_args, get_origin, get_type_hints

from homeassistant.core import HomeAssistant
from homeassistant.util.json import json_loads
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.journal import LockJournalEntry
from custom_components.keyholder.model.lock_schedule import YearDaySchedule
from custom_components.keyholder.model.provider_io import Capabilities
from custom_components.keyholder.model.slot import (
    DesiredState,
    Observation,
    SlotRecord,
    Target,
)
from custom_components.keyholder.runtime.storage import durable_store as durable
from custom_components.keyholder.runtime.storage.durable_store import StorageError
from custom_components.keyholder.runtime.storage.stores import (
    _ENCODE_ENTRY,
    Journal,
    _parse_entries,
)
from tests.harness.disk_faults import disk_that, no_space
from tests.harness.engine.stored_credentials import ANN, NOW
from tests.harness.waiting import wait_for

MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
WALL_TIMES = MOMENTS.map(lambda moment: moment.replace(tzinfo=None))
"""On a lock's own clock."""
NUMBERS = st.integers(-(2**53), 2**53)
RANGES = st.builds(range, st.integers(0, 999), st.integers(0, 999))


def _of(hint: object) -> st.SearchStrategy[Any]:
    """Return any value of a type; of a dataclass, with every field filled in."""
    if hint is range:
        return RANGES
    if hint is int:
        return NUMBERS
    if hint is datetime:
        return MOMENTS
    if hint is YearDaySchedule:
        return st.builds(YearDaySchedule, WALL_TIMES, WALL_TIMES)
    if isinstance(hint, type) and is_dataclass(hint):
        return st.builds(
            hint, **{name: _of(kind) for name, kind in get_type_hints(hint).items()}
        )
    kinds = get_args(hint)
    origin = get_origin(hint)
    if origin is tuple and ... not in kinds:
        return st.tuples(*map(_of, kinds))
    if origin is tuple:
        return st.lists(_of(kinds[0]), max_size=2).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(_of(kinds[0]), _of(kinds[1]), max_size=2)
    if kinds:
        return st.one_of(*map(_of, kinds))
    return st.from_type(hint)  # type: ignore[arg-type]


RECORDS = _of(SlotRecord)
CAPABILITIES = _of(Capabilities)


@st.composite
def pages(draw: st.DrawFn) -> LockJournalEntry:
    records = draw(st.lists(RECORDS, max_size=2))
    return LockJournalEntry(
        lock=draw(st.text()),
        name=draw(st.text()),
        capabilities=draw(st.none() | CAPABILITIES),
        records={record.slot: record for record in records},
        clear_requested=draw(st.booleans()),
    )


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(page=pages())
def test_whatever_a_page_holds_is_read_back_as_it_was(page: LockJournalEntry) -> None:
    """Clause 16.21: and so are times that have no zone because they are a lock's own."""
    stored = json_loads(json.dumps({"locks": [_ENCODE_ENTRY.encode(page)]}))
    assert isinstance(stored, dict)
    assert _parse_entries(stored) == {page.lock: page}


async def test_the_journal_comes_back(hass: HomeAssistant) -> None:
    journal = Journal(hass, "entry")
    page = LockJournalEntry(lock="a", name="Front", records={1: _record()})
    journal.async_save_entry(page)
    await journal.async_commit()

    again = Journal(hass, "entry")
    loaded = await again.async_load()
    assert (loaded.found, loaded.damaged) == (True, False)
    assert again.entries == {"a": page}
    assert again.committed("a") == page


def test_a_record_from_before_codes_were_disabled_is_as_it_was() -> None:
    page = LockJournalEntry(lock="a", name="Front", records={1: _record()})
    stored: Any = json_loads(json.dumps({"locks": [_ENCODE_ENTRY.encode(page)]}))
    record = stored["locks"][0]["records"]["1"]
    del record["target"]["temporarily_denied"]
    for field in ("disabled_code", "disable_unsupported"):
        del record[field]
    assert _parse_entries(stored) == {"a": page}


async def test_a_record_counts_as_stored_only_when_it_is(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(hass, "entry")
    page = LockJournalEntry(lock="a", name="Front", records={1: _record()})
    journal.async_save_entry(page)
    assert journal.committed("a") is None

    with disk_that(no_space), pytest.raises(StorageError):
        await journal.async_commit()
    assert journal.committed("a") is None
    assert journal.is_failing

    await journal.async_commit()
    assert journal.committed("a") == page
    assert not journal.is_failing


async def test_what_changes_after_a_write_that_failed_is_in_the_next_one(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(hass, "entry")
    front = LockJournalEntry(lock="a", name="Front", records={1: _record()})
    journal.async_save_entry(front)
    journal.async_save_entry(LockJournalEntry(lock="b", name="Back"))
    await journal.async_commit()

    with disk_that(no_space):
        journal.async_save_entry(replace(front, name="Garden"))
        with pytest.raises(StorageError):
            await journal.async_commit()
    journal.async_save_entry(front)
    journal.async_save_entry(LockJournalEntry(lock="c", name="Side"))
    journal.async_remove_entry("b")
    await journal.async_commit()

    again = Journal(hass, "entry")
    await again.async_load()
    assert again.entries == journal.entries
    assert again.entries.keys() == {"a", "c"}


async def test_putting_what_is_known_already_stores_nothing(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "SAVE_DELAY", 0)
    journal = Journal(hass, "entry")
    page = LockJournalEntry(lock="a", name="Front")
    journal.async_save_entry(page)
    await journal.async_flush()
    assert journal.commits == 1

    journal.async_save_entry(LockJournalEntry(lock="a", name="Front"))
    journal.async_remove_entry("b")
    await journal.async_flush()
    assert journal.commits == 1
    journal.async_remove_entry("a")
    await wait_for(lambda: journal.commits == 2)


async def test_a_journal_that_was_lost_writes_nothing(hass: HomeAssistant) -> None:
    journal = Journal(hass, "entry")
    journal.read_only = True
    journal.async_save_entry(LockJournalEntry(lock="a", name="Front"))
    journal.async_remove_entry("a")
    with pytest.raises(StorageError):
        await journal.async_commit()
    await journal.async_close()
    assert journal.commits == 0


def _record() -> SlotRecord:
    return SlotRecord(
        slot=1,
        credential=ANN,
        person_name="Ann",
        target=Target(DesiredState.PRESENT, 3),
        observed=Observation(observed_at=NOW),
        evidence=Evidence.VALUE,
        verified_at=NOW,
        restored_at=(NOW,),
        owner_saved=True,
        binding={"user": 7},
    )
