"""A code that works so many times."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.access_rules import UNRESTRICTED_RULE, AccessRule
from custom_components.keyholder.model.credential import LockId, PersonId, PersonStatus
from custom_components.keyholder.model.lock_events import Action, LockOperated, Method
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.access_rule_scenario import (
    advance,
    engine_in_berlin,
    seconds_until,
)
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.real_delays import StoredData
from tests.harness.fakes.provider import FakeProvider

PIN = "907153"
ONCE = AccessRule(use_limit=1)


def slot_of(engine: EngineHarness, door: LockId, person: PersonId) -> int:
    view = engine.view(door, person)
    assert view is not None
    return view.slot


@asynccontextmanager
async def ada_at_front(
    rule: AccessRule,
) -> AsyncIterator[tuple[EngineHarness, FakeProvider, LockId, PersonId]]:
    """Give Ada a code for one lock by this rule, and a minute for it to get there."""
    lock = FakeProvider()
    async with engine_in_berlin() as engine:
        door = engine.add_lock("front", lock)
        ada = await engine.add_person("Ada", PIN, rule=rule)
        await advance(minutes=1)
        yield engine, lock, door, ada


def test_a_one_time_code_works_once() -> None:
    async def scenario() -> None:
        async with ada_at_front(ONCE) as (engine, lock, door, ada):
            lock.unlock_at_keypad(slot_of(engine, door, ada))
            assert await seconds_until(lambda: not lock.codes) < 5
            assert engine.site.status(engine.site.people[ada]) is PersonStatus.USED_UP
            assert [event.person for event in engine.events] == [ada]

    run_on_virtual_clock(scenario())


def test_a_limit_is_shared_by_all_locks() -> None:
    async def scenario() -> None:
        front, back = FakeProvider(), FakeProvider()
        async with engine_in_berlin() as engine:
            doors = engine.add_lock("front", front), engine.add_lock("back", back)
            ada = await engine.add_person("Ada", PIN, rule=AccessRule(use_limit=2))
            await advance(minutes=1)
            front.unlock_at_keypad(slot_of(engine, doors[0], ada))
            await advance(minutes=1)
            assert front.codes
            assert back.codes
            back.unlock_at_keypad(slot_of(engine, doors[1], ada))
            await advance(seconds=10)
            assert not front.codes
            assert not back.codes

    run_on_virtual_clock(scenario())


def test_a_higher_limit_puts_the_code_back() -> None:
    async def scenario() -> None:
        async with ada_at_front(ONCE) as (engine, lock, door, ada):
            lock.unlock_at_keypad(slot_of(engine, door, ada))
            await advance(minutes=2)
            assert not lock.codes
            engine.set_rule(ada, AccessRule(use_limit=2))
            await advance(minutes=1)
            assert list(lock.codes.values()) == [PIN]
            lock.unlock_at_keypad(slot_of(engine, door, ada))
            await advance(minutes=1)
            assert not lock.codes

    run_on_virtual_clock(scenario())


def test_uses_before_there_was_a_limit_do_not_count_against_it() -> None:
    async def scenario() -> None:
        async with ada_at_front(UNRESTRICTED_RULE) as (engine, lock, door, ada):
            for _ in range(5):
                lock.unlock_at_keypad(slot_of(engine, door, ada))
                await advance(minutes=1)
            engine.set_rule(ada, ONCE)
            await advance(minutes=1)
            assert lock.codes
            assert engine.site.counters.usage(ada).uses == 5

    run_on_virtual_clock(scenario())


def test_nothing_but_an_unlock_with_the_code_is_a_use() -> None:
    async def scenario() -> None:
        async with ada_at_front(ONCE) as (engine, lock, door, ada):
            slot = slot_of(engine, door, ada)
            lock.operate(Action.LOCK, Method.KEYPAD, slot)
            lock.operate(Action.UNLOCK, Method.REMOTE)
            lock.operate(Action.UNLOCK, Method.MANUAL)
            lock.operate(Action.UNLOCK, Method.KEYPAD, None)
            await advance(minutes=5)
            assert lock.codes
            assert engine.site.counters.usage(ada).uses == 0

    run_on_virtual_clock(scenario())


def test_a_use_reported_hours_later_counts_and_notifies_nobody() -> None:
    async def scenario() -> None:
        async with ada_at_front(ONCE) as (engine, lock, door, ada):
            await advance(hours=3)
            at = dt_util.utcnow() - timedelta(hours=2)
            slot = slot_of(engine, door, ada)
            for _ in range(2):
                lock.emit(LockOperated(Action.UNLOCK, Method.KEYPAD, slot, at))
            await advance(seconds=10)
            assert not lock.codes
            assert engine.site.counters.usage(ada).uses == 1
            fresh = [
                event
                for event in engine.events
                if event.type is AccessType.UNLOCKED and not event.is_historic
            ]
            assert fresh == []

    run_on_virtual_clock(scenario())


def test_a_used_up_code_stays_used_up_over_a_restart() -> None:
    async def scenario() -> None:
        async with ada_at_front(ONCE) as (engine, lock, door, ada):
            lock.unlock_at_keypad(slot_of(engine, door, ada))
            await advance(minutes=2)
            await engine.reopen()
            await advance(minutes=5)
            assert not lock.codes
            assert engine.site.status(engine.site.people[ada]) is PersonStatus.USED_UP

    run_on_virtual_clock(scenario())


def test_lost_counts_let_nobody_in_again_and_take_no_code_away() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        disk: StoredData = {}
        async with engine_in_berlin(disk) as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=AccessRule(use_limit=5))
            ben = await engine.add_person("Ben", "907154", rule=ONCE)
            await advance(minutes=1)
            lock.unlock_at_keypad(slot_of(engine, door, ben))
            await advance(minutes=2)
            assert list(lock.codes.values()) == [PIN]
            await engine.close()
            counters = next(key for key in disk if key.endswith(".counters"))
            disk[counters]["data"] = {"people": "nonsense"}
            await engine.open()
            await advance(minutes=5)
            assert list(lock.codes.values()) == [PIN]
            lock.unlock_at_keypad(slot_of(engine, door, ada))
            await advance(minutes=2)
            assert lock.codes == {}
            engine.set_rule(ben, AccessRule(use_limit=2))
            await advance(minutes=2)
            assert list(lock.codes.values()) == ["907154"]

    run_on_virtual_clock(scenario())
