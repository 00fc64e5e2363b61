"""Who did what: told once, counted first, in order."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.lock_events import Method
from custom_components.keyholder.runtime.access_log import AccessLog
from custom_components.keyholder.runtime.durable import DurableStore, StorageFailed
from custom_components.keyholder.runtime.stores import Counters

from .house import until

WINDOW = timedelta(seconds=2)
NOW = datetime(2026, 11, 21, 12, tzinfo=dt_util.UTC)

LOCKED = AccessEvent(lock="a", type=AccessType.LOCKED, at=NOW, method=Method.MANUAL)
USED = AccessEvent(
    lock="a",
    type=AccessType.UNLOCKED,
    at=NOW,
    method=Method.KEYPAD,
    slot=1,
    person="person-Ann",
    name="Ann",
)


@pytest.fixture
def counters(hass: HomeAssistant) -> Counters:
    return Counters(hass, "entry")


@pytest.fixture
def log(hass: HomeAssistant, counters: Counters) -> AccessLog:
    return AccessLog(hass, counters, WINDOW)


@pytest.fixture
def told(log: AccessLog) -> list[AccessEvent]:
    told: list[AccessEvent] = []
    log.async_listen(told.append)
    return told


def later(event: AccessEvent, seconds: float) -> AccessEvent:
    return replace(event, at=event.at + timedelta(seconds=seconds))


async def test_every_event_is_told_one_after_the_other(
    log: AccessLog, told: list[AccessEvent]
) -> None:
    # an event that needs no disk was told at once, and then no other ever was
    for seconds in (0, 5, 10):
        event = later(LOCKED, seconds)
        log.async_record(event)
        await until(lambda event=event: event in told)  # type: ignore[misc]

    assert [event.at for event in told] == [later(LOCKED, s).at for s in (0, 5, 10)]


async def test_what_is_reported_twice_within_the_window_is_told_once(
    log: AccessLog, told: list[AccessEvent]
) -> None:
    log.async_record(LOCKED)
    log.async_record(later(LOCKED, 1.9))
    log.async_record(later(LOCKED, -1.9))
    log.async_record(later(LOCKED, 2.1))

    await until(lambda: len(told) == 2)
    assert told == [LOCKED, later(LOCKED, 2.1)]


async def test_a_key_that_turns_back_and_again_within_the_window_is_no_duplicate(
    log: AccessLog, told: list[AccessEvent]
) -> None:
    # the last one was lost, and the door was taken to be locked
    turns = [
        replace(LOCKED, type=AccessType.UNLOCKED),
        later(LOCKED, 0.6),
        later(replace(LOCKED, type=AccessType.UNLOCKED), 1.2),
    ]
    for turn in turns:
        log.async_record(turn)

    await until(lambda: told == turns)


async def test_a_report_that_is_repeated_after_the_next_one_is_a_duplicate(
    log: AccessLog, told: list[AccessEvent]
) -> None:
    opened = later(replace(LOCKED, type=AccessType.UNLOCKED), 1)
    log.async_record(LOCKED)
    log.async_record(opened)
    log.async_record(LOCKED)
    log.async_record(later(LOCKED, 5))

    await until(lambda: told == [LOCKED, opened, later(LOCKED, 5)])


@pytest.mark.parametrize(
    "other",
    [
        replace(LOCKED, lock="b"),
        replace(LOCKED, type=AccessType.UNLOCKED),
        replace(LOCKED, method=Method.AUTO),
        replace(LOCKED, slot=7),
    ],
)
async def test_what_differs_is_not_a_duplicate(
    log: AccessLog, told: list[AccessEvent], other: AccessEvent
) -> None:
    log.async_record(LOCKED)
    log.async_record(other)

    await until(lambda: told == [LOCKED, other])


async def test_a_use_is_counted_and_stored_before_anybody_hears_of_it(
    log: AccessLog, counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    commit = DurableStore.async_commit

    async def slow_commit(store: DurableStore, data: dict[str, object]) -> None:
        await asyncio.sleep(0)
        await commit(store, data)
        order.append("stored")

    monkeypatch.setattr(DurableStore, "async_commit", slow_commit)
    log.async_listen(lambda event: order.append(event.type))
    log.async_record(USED)
    log.async_record(LOCKED)

    await until(lambda: len(order) == 3)
    assert order == ["stored", "unlocked", "locked"]
    assert counters.usage("person-Ann").uses == 1
    assert counters.usage("person-Ann").last_used == NOW


async def test_a_use_is_told_although_it_could_not_be_stored(
    log: AccessLog,
    told: list[AccessEvent],
    counters: Counters,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def full(*_: object) -> None:
        raise StorageFailed("OSError")

    monkeypatch.setattr(DurableStore, "async_commit", full)
    log.async_record(USED)

    await until(lambda: told == [USED])
    assert counters.usage("person-Ann").uses == 1
    await counters.async_close()


@pytest.mark.parametrize(
    "event",
    [
        replace(USED, person=None, name=None),
        replace(USED, method=Method.MANUAL),
        replace(USED, type=AccessType.LOCKED),
    ],
)
async def test_what_is_no_use_is_not_counted(
    log: AccessLog, told: list[AccessEvent], counters: Counters, event: AccessEvent
) -> None:
    log.async_record(event)

    await until(lambda: told)
    assert counters.usage("person-Ann").uses == 0


@pytest.mark.no_fail_on_log_exception
async def test_a_listener_that_raises_stops_no_other(log: AccessLog) -> None:
    def fail(_event: AccessEvent) -> None:
        raise RuntimeError

    told: list[AccessEvent] = []
    log.async_listen(fail)
    log.async_listen(told.append)
    log.async_record(LOCKED)
    log.async_record(USED)

    await until(lambda: told == [LOCKED, USED])


async def test_who_stops_listening_hears_no_more(log: AccessLog) -> None:
    told: list[AccessEvent] = []
    others: list[AccessEvent] = []
    stop: Callable[[], None] = log.async_listen(told.append)
    log.async_listen(others.append)
    stop()
    stop()
    log.async_record(LOCKED)

    await until(lambda: others)
    assert not told
