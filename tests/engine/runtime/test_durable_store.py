"""Storage that says whether it has stored."""

import asyncio
from collections.abc import Iterator
import json
import logging
from pathlib import Path
import stat
from typing import Any

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util.json import SerializationError
import pytest

from custom_components.keyholder.runtime.storage import durable_store as durable
from custom_components.keyholder.runtime.storage.durable_store import (
    DurableStore,
    GroupCommit,
    StorageError,
)
from tests.harness.disk_faults import disk_that, write_through
from tests.harness.engine.leak_checks import live_timers
from tests.harness.waiting import wait_for

KEY = "keyholder.entry.test"


class Disk:
    """Stands in the way of the store."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.attempts = 0

    async def write(self, store: DurableStore, data: dict[str, Any]) -> None:
        self.attempts += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        await write_through(store, data)


@pytest.fixture
def disk(hass: HomeAssistant) -> Iterator[Disk]:
    disk = Disk()
    with disk_that(disk.write):
        yield disk


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "SAVE_DELAY", 0.01)
    monkeypatch.setattr(durable, "RETRY_DELAY", 0.03)


class Numbers:
    """Something that is stored."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.value = 0
        self.written: list[int] = []
        self.health: list[bool] = []
        self.store = DurableStore(hass, 1, KEY)
        self.commit = GroupCommit(
            hass, self.store, self._snapshot, self._on_written, self._on_health
        )

    def _snapshot(self) -> dict[str, Any]:
        self._taken = self.value
        return {"value": self.value}

    def _on_written(self) -> None:
        self.written.append(self._taken)

    def _on_health(self) -> None:
        self.health.append(self.commit.failing)


@pytest.fixture
def numbers(hass: HomeAssistant, disk: Disk) -> Numbers:
    return Numbers(hass)


async def test_what_was_committed_is_stored(
    numbers: Numbers, hass_storage: dict[str, Any]
) -> None:
    numbers.value = 7
    await numbers.commit.async_commit()
    assert hass_storage[KEY]["data"] == {"value": 7}
    assert hass_storage[KEY]["version"] == 1
    assert numbers.commit.commits == 1


async def test_who_waits_at_the_same_time_shares_one_write(numbers: Numbers) -> None:
    await asyncio.gather(*(numbers.commit.async_commit() for _ in range(30)))
    assert numbers.commit.commits == 1


async def test_who_comes_while_a_write_is_under_way_gets_the_next_one(
    numbers: Numbers, disk: Disk, hass_storage: dict[str, Any]
) -> None:
    disk.gate = asyncio.Event()
    numbers.value = 1
    first = asyncio.create_task(numbers.commit.async_commit())
    await wait_for(lambda: disk.attempts == 1)
    numbers.value = 2
    others = [asyncio.create_task(numbers.commit.async_commit()) for _ in range(5)]
    await asyncio.sleep(0)
    disk.gate.set()
    await asyncio.gather(first, *others)

    assert numbers.commit.commits == 2
    assert numbers.written == [1, 2]
    assert hass_storage[KEY]["data"] == {"value": 2}


@pytest.mark.parametrize(
    "failure",
    [
        OSError("disk full at 907153"),
        SerializationError("bad value 907153"),
        RuntimeError("cannot schedule 907153"),
    ],
)
async def test_a_failure_reaches_all_who_wait_and_says_nothing_of_the_data(
    numbers: Numbers,
    disk: Disk,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
) -> None:
    disk.failure = failure
    answers = await asyncio.gather(
        *(numbers.commit.async_commit() for _ in range(3)), return_exceptions=True
    )

    assert [type(answer) for answer in answers] == [StorageError] * 3
    assert {str(answer) for answer in answers} == {type(failure).__name__}
    assert all(
        isinstance(answer, StorageError) and answer.__cause__ is None
        for answer in answers
    )
    assert "907153" not in caplog.text
    assert numbers.written == []
    await numbers.commit.async_close()


async def test_data_that_cannot_be_made_fails_like_a_disk_and_is_not_quoted(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> dict[str, Any]:
        raise ValueError("907153")

    commit = GroupCommit(hass, DurableStore(hass, 1, KEY), fail)
    with pytest.raises(StorageError, match=r"^ValueError$"):
        await commit.async_commit()
    assert "907153" not in caplog.text
    await commit.async_close()


async def test_what_nobody_waits_for_is_stored_soon_and_in_one_write(
    hass: HomeAssistant, numbers: Numbers
) -> None:
    for _ in range(5):
        numbers.commit.async_schedule()
    assert len(live_timers(hass)) == 1
    assert numbers.commit.commits == 0

    await wait_for(lambda: numbers.written)
    assert numbers.commit.commits == 1
    assert live_timers(hass) == []


async def test_a_commit_takes_along_what_was_scheduled(
    hass: HomeAssistant, numbers: Numbers
) -> None:
    numbers.commit.async_schedule()
    await numbers.commit.async_commit()
    assert live_timers(hass) == []
    assert numbers.commit.commits == 1


async def test_flushing_stores_what_was_scheduled_and_nothing_if_nothing_was(
    hass: HomeAssistant, numbers: Numbers
) -> None:
    await numbers.commit.async_flush()
    assert numbers.commit.commits == 0
    numbers.commit.async_schedule()
    await numbers.commit.async_flush()
    assert numbers.commit.commits == 1
    assert live_timers(hass) == []


async def test_flushing_waits_for_the_write_that_is_under_way(
    numbers: Numbers, disk: Disk
) -> None:
    disk.gate = asyncio.Event()
    commit = asyncio.create_task(numbers.commit.async_commit())
    await wait_for(lambda: disk.attempts == 1)
    flush = asyncio.create_task(numbers.commit.async_flush())
    await asyncio.sleep(0)
    assert not flush.done()
    disk.gate.set()
    await flush
    assert commit.done()


async def test_a_failing_disk_is_tried_again_and_logged_once_until_it_works(
    hass: HomeAssistant,
    numbers: Numbers,
    disk: Disk,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    disk.failure = OSError("full")
    numbers.commit.async_schedule()
    await wait_for(lambda: disk.attempts >= 3)
    assert numbers.commit.failing
    assert caplog.text.count("cannot be stored") == 1

    disk.failure = None
    await wait_for(lambda: numbers.written)
    assert caplog.text.count("can be stored again") == 1
    assert numbers.health == [True, False]
    assert live_timers(hass) == []


async def test_closing_a_failing_store_leaves_no_timer(
    hass: HomeAssistant, numbers: Numbers, disk: Disk
) -> None:
    disk.failure = OSError("full")
    numbers.commit.async_schedule()
    await numbers.commit.async_close()
    numbers.commit.async_schedule()
    assert live_timers(hass) == []


async def test_a_commit_while_home_assistant_stops_is_written_at_once(
    hass: HomeAssistant, numbers: Numbers, hass_storage: dict[str, Any]
) -> None:
    # Store.async_save would put it off, and return as if it were done
    hass.set_state(CoreState.stopping)
    numbers.value = 7
    await numbers.commit.async_commit()
    assert hass_storage[KEY]["data"] == {"value": 7}


async def test_who_gives_up_waiting_does_not_break_off_the_write(
    numbers: Numbers, disk: Disk
) -> None:
    disk.gate = asyncio.Event()
    impatient = asyncio.create_task(numbers.commit.async_commit())
    patient = asyncio.create_task(numbers.commit.async_commit())
    await wait_for(lambda: disk.attempts == 1)
    impatient.cancel()
    await asyncio.wait({impatient})
    disk.gate.set()
    await patient
    assert numbers.written == [0]


# On a real disk


def path_of(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(".storage", KEY))


async def test_the_file_belongs_to_its_owner_alone(hass_on_disk: HomeAssistant) -> None:
    await DurableStore(hass_on_disk, 1, KEY).async_commit({"value": 7})
    path = path_of(hass_on_disk)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["data"] == {"value": 7}


async def test_what_was_committed_is_found_by_a_store_that_is_opened_later(
    hass_on_disk: HomeAssistant,
) -> None:
    # Home Assistant lists the files at its start, and trusts that list: a new site was
    # told that its journal did not exist as soon as it was reloaded
    await DurableStore(hass_on_disk, 1, KEY).async_commit({"value": 7})
    assert await DurableStore(hass_on_disk, 1, KEY).async_load() == {"value": 7}


async def test_a_disk_that_refuses_raises(hass_on_disk: HomeAssistant) -> None:
    path_of(hass_on_disk).mkdir()  # a folder cannot be replaced by a file
    with pytest.raises(StorageError, match=r"^WriteError$"):
        await DurableStore(hass_on_disk, 1, KEY).async_commit({"value": 7})


async def test_an_invalid_file_is_set_aside_before_the_next_write(
    hass_on_disk: HomeAssistant,
) -> None:
    path = path_of(hass_on_disk)
    path.write_text("not ours")
    store = DurableStore(hass_on_disk, 1, KEY)
    store.async_set_aside_before_write()
    assert path.read_text() == "not ours"

    for value in (7, 8):
        await store.async_commit({"value": value})

    kept = list(path.parent.glob(f"{KEY}.unusable.*"))
    assert [file.read_text() for file in kept] == ["not ours"]
    assert json.loads(path.read_text())["data"] == {"value": 8}
