"""A store that cannot be used is known to be lost, and kept; each file is private."""

from pathlib import Path
import stat
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import get_internal_store_manager
import pytest

from custom_components.keyholder.model.access import Use
from custom_components.keyholder.model.access_rules import ScheduleSource
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.runtime.site.rule_serialization import (
    DENY_ALL_RULE,
    rule_from_data,
)
from custom_components.keyholder.runtime.storage.rule_inputs import RuleInputStore
from custom_components.keyholder.runtime.storage.stores import Journal, Vault
from custom_components.keyholder.runtime.storage.use_counters import UseCounters
from tests.harness.engine.stored_credentials import ANN, NOW

# What cannot be used


NAIVE = "2026-03-02T08:00:00"
_PAGE: dict[str, Any] = {"lock": "a", "name": "Front", "records": {}}
_RECORD: dict[str, Any] = {
    "slot": 2,
    "credential": {"person": "person-Ann", "credential": "pin"},
    "person_name": "Ann",
    "target": {"desired": "present", "revision": 1},
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
            "data": {"locks": [_PAGE | {"records": {"2": _RECORD | {"target": "?"}}}]},
        },
        *(
            {
                "version": 1,
                "minor_version": 1,
                "data": {"locks": [_PAGE | {"records": {"2": _RECORD | times}}]},
            }
            for times in (
                {"verified_at": NAIVE},
                {"verified_at": 1772442000},
                {"verified_at": "0001-01-01T00:00:00+14:00"},
                {"restored_at": [NAIVE]},
                {"observed": {"occupancy": "empty", "observed_at": NAIVE}},
                {"retry": {"at": NAIVE}},
            )
        ),
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
                (True, {"1": "907153"}),
                (0, {"0": "907153"}),
                (1, {"01": "907153"}),
            )
        ),
    ),
    "counters": (
        {"version": 2, "minor_version": 1, "data": {"people": {}}},
        {"version": 1, "minor_version": 1, "data": {"people": 7}},
        *(
            {"version": 1, "minor_version": 1, "data": {"people": {"a": counts}}}
            for counts in (
                {"uses": "x"},
                {"uses": 1, "limited_uses": -1},
                {"uses": True},
                {"uses": 1.5},
                {"last_used": "2026-03-02T08:00:00"},
                {"recent_uses": [["lock", "2026-03-02T08:00:00"]]},
                {"last_used": "9999-12-31T23:59:59+00:00"},
            )
        ),
    ),
}
SET_ASIDE = ("corrupt", "unusable")
STORES: dict[str, type[Journal | Vault | UseCounters]] = {
    "slots": Journal,
    "secrets": Vault,
    "counters": UseCounters,
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
    assert loaded.damaged or not loaded.found

    match store:
        case Journal():
            await store.async_commit()
        case Vault():
            await store.async_set_pin(ANN, Pin("907153"))
        case UseCounters():
            await store.async_count("person-Ann", Use("a", NOW))
    kept = [file.read_text() for file in path.parent.glob(f"{path.name}.*")]
    assert kept == [content]
    again = await STORES[name](hass_on_disk, "entry").async_load()
    assert (again.found, again.damaged) == (True, False)


@pytest.mark.parametrize("name", STORES)
async def test_each_file_is_private(hass_on_disk: HomeAssistant, name: str) -> None:
    store = STORES[name](hass_on_disk, "entry")
    match store:
        case Journal():
            await store.async_commit()
        case Vault():
            await store.async_set_pin(ANN, Pin("907153"))
        case UseCounters():
            await store.async_count("person-Ann", Use("a", NOW))
    assert mode_of(path_of(hass_on_disk, name)) == 0o600
    await store.async_remove()
    assert mode_of(path_of(hass_on_disk, name)) is None


@pytest.mark.parametrize("name", STORES)
async def test_a_mode_that_others_can_read_is_corrected_when_a_store_is_loaded(
    hass_on_disk: HomeAssistant, name: str
) -> None:
    """Clause 16.22: a backup, or a copy of the folder, may come back with any mode."""
    path = path_of(hass_on_disk, name)
    files = [path, *(path.with_name(f"{path.name}.{kind}.1") for kind in SET_ASIDE)]
    for file in files:
        put(file, '{"version": 1, "minor_version": 1, "data": {}}')
        file.chmod(0o644)
    other = path.with_name("keyholder.other.slots")
    put(other, "{}")
    other.chmod(0o644)

    await STORES[name](hass_on_disk, "entry").async_load()

    assert {mode_of(file) for file in files} == {0o600}
    assert mode_of(other) == 0o644


@pytest.mark.parametrize("name", STORES)
async def test_what_was_set_aside_goes_with_the_store(
    hass_on_disk: HomeAssistant, name: str
) -> None:
    """Clause 16.22: both what we set aside and what Home Assistant did may hold PINs."""
    path = path_of(hass_on_disk, name)
    for kind in SET_ASIDE:
        put(path.with_name(f"{path.name}.{kind}.2026-03-02T08:00:00+00:00"), "907153")
    others = path.with_name(f"keyholder.other.{name}.corrupt.1")
    put(others, "7")

    await STORES[name](hass_on_disk, "entry").async_remove()

    assert list(path.parent.glob("keyholder.*")) == [others]


@pytest.mark.parametrize(
    "state",
    [
        {"allows": True, "expires_at": NAIVE},
        {"allows": True, "next_change": NAIVE},
        {"allows": True, "next_change": "9999-12-31T23:59:59+00:00"},
    ],
)
async def test_a_rule_input_with_a_time_that_cannot_be_compared_is_damage(
    hass: HomeAssistant, hass_storage: dict[str, Any], state: dict[str, Any]
) -> None:
    """Clause 16.21: a rule without a last state denies, as before any state."""
    key = "keyholder.entry.answers"
    data = {"answers": {"schedule.work~": state}}
    hass_storage[key] = {"key": key, "version": 1, "minor_version": 1, "data": data}
    store = RuleInputStore(hass, "entry")

    assert (await store.async_load()).damaged
    assert store.get(ScheduleSource(entity="schedule.work")).allows is None


@pytest.mark.parametrize(
    "stored",
    [
        {"valid_from": NAIVE},
        {"valid_until": NAIVE},
        {"valid_until": 1772442000},
        {"use_limit": float("inf")},
        {"source": {"entity": "schedule.work", "text": None, "grace": 1e300}},
        {"source": {"entity": "calendar.work", "text": 7, "grace": 60}},
    ],
)
def test_a_rule_that_cannot_be_understood_denies(stored: dict[str, Any]) -> None:
    """Clause 16.21: whatever is stored with a person, the site is set up."""
    assert rule_from_data({"rule": stored}, "Ann") == DENY_ALL_RULE
