"""What survives a restart comes back as it was, or is known to be lost."""

from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime
import json
from pathlib import Path
import stat
from typing import Any, get_args, get_origin, get_type_hints

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import get_internal_store_manager
from homeassistant.util.json import json_loads
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.page import LockPage
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.reading import Capabilities
from custom_components.keyholder.model.slot import Desired, Observation, SlotRecord
from custom_components.keyholder.model.usage import Use
from custom_components.keyholder.runtime import durable
from custom_components.keyholder.runtime.counters import Counters
from custom_components.keyholder.runtime.durable import DurableStore, StorageFailed
from custom_components.keyholder.runtime.stores import (
    _ENCODE_PAGE,
    Journal,
    Vault,
    _parse_pages,
)

from .house import until

ANN = CredentialRef("person-Ann")
BOB = CredentialRef("person-Bob")
NOW = datetime(2026, 11, 21, 12, 30, 1, 234567, tzinfo=UTC)

MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
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
    if isinstance(hint, type) and is_dataclass(hint):
        return st.builds(
            hint, **{name: _of(kind) for name, kind in get_type_hints(hint).items()}
        )
    kinds = get_args(hint)
    origin = get_origin(hint)
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
def pages(draw: st.DrawFn) -> LockPage:
    records = draw(st.lists(RECORDS, max_size=2))
    return LockPage(
        lock=draw(st.text()),
        name=draw(st.text()),
        capabilities=draw(st.none() | CAPABILITIES),
        records={record.slot: record for record in records},
        clearing=draw(st.booleans()),
    )


# The journal


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(page=pages())
def test_whatever_a_page_holds_is_read_back_as_it_was(page: LockPage) -> None:
    stored = json_loads(json.dumps({"locks": [_ENCODE_PAGE.encode(page)]}))
    assert isinstance(stored, dict)
    assert _parse_pages(stored) == {page.lock: page}


async def test_the_journal_comes_back(hass: HomeAssistant) -> None:
    journal = Journal(hass, "entry")
    page = LockPage(lock="a", name="Front", records={1: _record()})
    journal.put(page)
    await journal.async_commit()

    again = Journal(hass, "entry")
    loaded = await again.async_load()
    assert (loaded.existed, loaded.damaged) == (True, False)
    assert again.pages == {"a": page}
    assert again.committed("a") == page


def test_a_record_from_before_codes_were_switched_off_is_as_it_was() -> None:
    page = LockPage(lock="a", name="Front", records={1: _record()})
    stored: Any = json_loads(json.dumps({"locks": [_ENCODE_PAGE.encode(page)]}))
    for field in ("for_now", "parked", "off_since", "never_parks"):
        del stored["locks"][0]["records"]["1"][field]
    assert _parse_pages(stored) == {"a": page}


async def test_a_record_counts_as_stored_only_when_it_is(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(hass, "entry")
    page = LockPage(lock="a", name="Front", records={1: _record()})
    journal.put(page)
    assert journal.committed("a") is None

    async def full(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(DurableStore, "_async_write_data", full)
        with pytest.raises(StorageFailed):
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
    front = LockPage(lock="a", name="Front", records={1: _record()})
    journal.put(front)
    journal.put(LockPage(lock="b", name="Back"))
    await journal.async_commit()

    async def full(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(DurableStore, "_async_write_data", full)
        journal.put(replace(front, name="Garden"))
        with pytest.raises(StorageFailed):
            await journal.async_commit()
    journal.put(front)
    journal.put(LockPage(lock="c", name="Side"))
    journal.drop("b")
    await journal.async_commit()

    again = Journal(hass, "entry")
    await again.async_load()
    assert again.pages == journal.pages
    assert again.pages.keys() == {"a", "c"}


async def test_putting_what_is_known_already_stores_nothing(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "SAVE_DELAY", 0)
    journal = Journal(hass, "entry")
    page = LockPage(lock="a", name="Front")
    journal.put(page)
    await journal.async_flush()
    assert journal.commits == 1

    journal.put(LockPage(lock="a", name="Front"))
    journal.drop("b")
    await journal.async_flush()
    assert journal.commits == 1
    journal.drop("a")
    await until(lambda: journal.commits == 2)


async def test_a_journal_that_was_lost_writes_nothing(hass: HomeAssistant) -> None:
    journal = Journal(hass, "entry")
    journal.sealed = True
    journal.put(LockPage(lock="a", name="Front"))
    journal.drop("a")
    with pytest.raises(StorageFailed):
        await journal.async_commit()
    await journal.async_close()
    assert journal.commits == 0


# The vault


async def test_the_vault_comes_back_with_every_revision(hass: HomeAssistant) -> None:
    vault = Vault(hass, "entry")
    assert await vault.async_set_pin(ANN, Pin("907153")) == 1
    assert await vault.async_set_pin(ANN, Pin("907154")) == 2
    assert await vault.async_set_pin(BOB, Pin("90123456")) == 1

    again = Vault(hass, "entry")
    await again.async_load()
    assert again.pins(ANN) == {1: Pin("907153"), 2: Pin("907154")}
    assert again.current_pin(ANN) == Pin("907154")
    assert again.revisions == {ANN: 2, BOB: 1}
    assert again.people == {"person-Ann", "person-Bob"}
    assert [ref for ref in again.credentials if again.has_former(ref)] == [ANN]


async def test_a_pin_with_leading_zeros_keeps_them(hass: HomeAssistant) -> None:
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("0090"))
    again = Vault(hass, "entry")
    await again.async_load()
    assert again.current_pin(ANN) == Pin("0090")


async def test_the_same_pin_again_is_the_same_revision(hass: HomeAssistant) -> None:
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("907153"))
    assert await vault.async_set_pin(ANN, Pin("907153")) == 1


async def test_a_revision_is_never_used_again(hass: HomeAssistant) -> None:
    vault = Vault(hass, "entry")
    for digits in ("907153", "907154", "907155"):
        await vault.async_set_pin(ANN, Pin(digits))
    vault.forget_former(ANN, ())
    assert await vault.async_set_pin(ANN, Pin("907153")) == 4

    # the vault was lost, and slot records still speak of revision 4
    vault.forget(ANN.person)
    assert await vault.async_set_pin(ANN, Pin("907153"), after=4) == 5
    await vault.async_close()


async def test_former_pins_are_kept_as_long_as_a_lock_may_hold_them(
    hass: HomeAssistant,
) -> None:
    vault = Vault(hass, "entry")
    for digits in ("907153", "907154", "907155"):
        await vault.async_set_pin(ANN, Pin(digits))
    vault.forget_former(ANN, {1, 3})
    assert set(vault.pins(ANN)) == {1, 3}
    vault.forget_former(ANN, ())
    assert set(vault.pins(ANN)) == {3}
    vault.forget_former(BOB, ())
    await vault.async_close()


async def test_a_pin_is_not_wanted_before_it_is_on_disk(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("907153"))
    seen: list[Pin | None] = []
    write = DurableStore._async_write_data

    async def look(store: DurableStore, data: dict[str, Any]) -> None:
        seen.append(vault.current_pin(ANN))
        await write(store, data)

    monkeypatch.setattr(DurableStore, "_async_write_data", look)
    await vault.async_set_pin(ANN, Pin("907154"))
    assert seen == [Pin("907153")]
    assert vault.current_pin(ANN) == Pin("907154")


async def test_a_pin_that_was_not_stored_is_not_kept(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("907153"))

    async def full(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(DurableStore, "_async_write_data", full)
        for credential in (ANN, BOB):
            with pytest.raises(StorageFailed):
                await vault.async_set_pin(credential, Pin("907154"))
    assert vault.pins(ANN) == {1: Pin("907153")}
    assert vault.people == {"person-Ann"}

    # nor does the next write bring it to disk
    await vault.async_set_pin(ANN, Pin("907155"))
    again = Vault(hass, "entry")
    await again.async_load()
    assert again.revisions == {ANN: 2}
    assert again.current_pin(ANN) == Pin("907155")


async def test_a_vault_shows_nothing_of_what_it_keeps(hass: HomeAssistant) -> None:
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("907153"))
    assert "907153" not in repr((vault.pins(ANN), vars(vault)))


# What cannot be used

_PAGE: dict[str, Any] = {"lock": "a", "name": "Front", "records": {}}
_RECORD: dict[str, Any] = {
    "slot": 2,
    "credential": {"person": "person-Ann", "credential": "pin"},
    "label": "Ann",
    "desired": "present",
    "revision": 1,
}
UNUSABLE: dict[str, tuple[dict[str, Any], ...]] = {
    "slots": (
        {"version": 2, "minor_version": 1, "data": {"locks": []}},
        {"version": 0, "minor_version": 1, "data": {"locks": []}},
        {"version": 1, "minor_version": 1, "data": []},
        {"version": 1, "minor_version": 1, "data": {}},
        {"version": 1, "minor_version": 1, "data": {"locks": [7]}},
        {"version": 1, "minor_version": 1, "data": {"locks": {"a": 7}}},
        {"version": 1, "minor_version": 1, "data": {"locks": [{"lock": "a"}]}},
        {
            "version": 1,
            "minor_version": 1,
            "data": {"locks": [_PAGE | {"records": {"1": _RECORD}}]},
        },
        {
            "version": 1,
            "minor_version": 1,
            "data": {"locks": [_PAGE | {"records": {"2": _RECORD | {"desired": "?"}}}]},
        },
    ),
    "secrets": (
        {"version": 2, "minor_version": 1, "data": {"credentials": []}},
        {"version": 0, "minor_version": 1, "data": {"credentials": []}},
        {"version": 1, "minor_version": 1, "data": "secrets"},
        {"version": 1, "minor_version": 1, "data": {"credentials": [[]]}},
        *(
            {
                "version": 1,
                "minor_version": 1,
                "data": {
                    "credentials": [
                        {
                            "person": "p",
                            "credential": "pin",
                            "current": current,
                            "revisions": revisions,
                        }
                    ]
                },
            }
            for current, revisions in (
                (2, {"1": "907153"}),
                (1, {"1": 907153}),
                (1, ["907153"]),
                ("1", {"1": "907153"}),
                ([], {"1": "907153"}),
            )
        ),
    ),
    "counters": (
        {"version": 2, "minor_version": 1, "data": {"people": {}}},
        {"version": 1, "minor_version": 1, "data": {"people": 7}},
        {"version": 1, "minor_version": 1, "data": {"people": {"a": {"uses": "x"}}}},
    ),
}
STORES: dict[str, type[Journal | Vault | Counters]] = {
    "slots": Journal,
    "secrets": Vault,
    "counters": Counters,
}
CASES = [
    pytest.param(name, content, id=f"{name}-{number}")
    for name, contents in UNUSABLE.items()
    for number, content in enumerate(contents)
]


@pytest.mark.parametrize(("name", "content"), CASES)
async def test_a_store_that_cannot_be_used_is_damaged_not_empty(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    name: str,
    content: dict[str, Any],
) -> None:
    key = f"keyholder.entry.{name}"
    hass_storage[key] = {"key": key, **content}
    caplog.clear()

    loaded = await STORES[name](hass, "entry").async_load()

    assert loaded.damaged
    ours = [entry for entry in caplog.records if "keyholder" in entry.name]
    assert ours
    assert not any("907153" in entry.getMessage() for entry in ours)
    assert hass_storage[key] == {"key": key, **content}


# On a real disk

FILES: dict[str, str] = {
    "empty": "",
    "truncated": '{"version": 1, "minor_version": 1, "key": "k", "data": {"locks": [{"lo',
    "zeros": "\0" * 64,
    "list": "[1, 2]",
    "number": "7",
    "no version": '{"data": {"locks": []}}',
    "no data": '{"version": 1, "minor_version": 1}',
    "future": '{"version": 7, "minor_version": 1, "data": {"locks": []}}',
}


def path_of(hass: HomeAssistant, name: str) -> Path:
    return Path(hass.config.path(".storage", f"keyholder.entry.{name}"))


def put(path: Path, content: str) -> None:
    path.write_text(content)


def mode_of(path: Path) -> int | None:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else None


@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
@pytest.mark.parametrize("name", STORES)
async def test_a_file_that_cannot_be_used_is_kept(
    hass_on_disk: HomeAssistant, name: str, content: str
) -> None:
    path = path_of(hass_on_disk, name)
    put(path, content)
    await get_internal_store_manager(hass_on_disk).async_initialize()
    store = STORES[name](hass_on_disk, "entry")

    loaded = await store.async_load()

    # Home Assistant itself moves a file away that is no JSON at all
    assert loaded.damaged or not loaded.existed

    match store:
        case Journal():
            await store.async_commit()
        case Vault():
            await store.async_set_pin(ANN, Pin("907153"))
        case Counters():
            await store.async_count("person-Ann", Use("a", NOW))
    kept = [file.read_text() for file in path.parent.glob(f"{path.name}.*")]
    assert kept == [content]
    again = await STORES[name](hass_on_disk, "entry").async_load()
    assert (again.existed, again.damaged) == (True, False)


@pytest.mark.parametrize("name", STORES)
async def test_each_file_is_private(hass_on_disk: HomeAssistant, name: str) -> None:
    store = STORES[name](hass_on_disk, "entry")
    match store:
        case Journal():
            await store.async_commit()
        case Vault():
            await store.async_set_pin(ANN, Pin("907153"))
        case Counters():
            await store.async_count("person-Ann", Use("a", NOW))
    assert mode_of(path_of(hass_on_disk, name)) == 0o600
    await store.async_remove()
    assert mode_of(path_of(hass_on_disk, name)) is None


def _record() -> SlotRecord:
    return SlotRecord(
        slot=1,
        credential=ANN,
        label="Ann",
        desired=Desired.PRESENT,
        revision=3,
        observed=Observation(at=NOW),
        evidence=Evidence.VALUE,
        verified_at=NOW,
        restores=(NOW,),
        owner_saved=True,
        binding={"user": 7},
    )
