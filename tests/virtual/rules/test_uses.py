"""A code that works so many times."""

from datetime import timedelta

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.credential import LockId, PersonId, PersonStatus
from custom_components.keyholder.model.lock_events import Action, LockOperated, Method
from tests.fakes.provider import FakeProvider
from tests.integration.engine.house import House

from ..house import Disk
from ..run import run_virtually
from .story import berlin_house, rest, seconds_until

PIN = "907153"
ONCE = AccessRule(use_limit=1)


def slot_of(house: House, door: LockId, person: PersonId) -> int:
    view = house.view(door, person)
    assert view is not None
    return view.slot


def test_a_one_time_code_works_once() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=ONCE)
            await rest(minutes=1)
            lock.unlock_at_keypad(slot_of(house, door, ada))
            assert await seconds_until(lambda: not lock.codes) < 5
            assert house.site.status(house.site.people[ada]) is PersonStatus.USED_UP
            assert [event.person for event in house.events] == [ada]

    run_virtually(story())


def test_a_limit_is_shared_by_all_locks() -> None:
    async def story() -> None:
        front, back = FakeProvider(), FakeProvider()
        async with berlin_house() as house:
            doors = house.add_lock("front", front), house.add_lock("back", back)
            ada = await house.add_person("Ada", PIN, rule=AccessRule(use_limit=2))
            await rest(minutes=1)
            front.unlock_at_keypad(slot_of(house, doors[0], ada))
            await rest(minutes=1)
            assert front.codes
            assert back.codes
            back.unlock_at_keypad(slot_of(house, doors[1], ada))
            await rest(seconds=10)
            assert not front.codes
            assert not back.codes

    run_virtually(story())


def test_a_higher_limit_puts_the_code_back() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=ONCE)
            await rest(minutes=1)
            lock.unlock_at_keypad(slot_of(house, door, ada))
            await rest(minutes=2)
            assert not lock.codes
            house.set_rule(ada, AccessRule(use_limit=2))
            await rest(minutes=1)
            assert list(lock.codes.values()) == [PIN]
            lock.unlock_at_keypad(slot_of(house, door, ada))
            await rest(minutes=1)
            assert not lock.codes

    run_virtually(story())


def test_uses_before_there_was_a_limit_do_not_count_against_it() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN)
            await rest(minutes=1)
            for _ in range(5):
                lock.unlock_at_keypad(slot_of(house, door, ada))
                await rest(minutes=1)
            house.set_rule(ada, ONCE)
            await rest(minutes=1)
            assert lock.codes
            assert house.site.counters.usage(ada).uses == 5

    run_virtually(story())


def test_nothing_but_an_unlock_with_the_code_is_a_use() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=ONCE)
            await rest(minutes=1)
            slot = slot_of(house, door, ada)
            lock.operate(Action.LOCK, Method.KEYPAD, slot)
            lock.operate(Action.UNLOCK, Method.REMOTE)
            lock.operate(Action.UNLOCK, Method.MANUAL)
            lock.operate(Action.UNLOCK, Method.KEYPAD, None)
            await rest(minutes=5)
            assert lock.codes
            assert house.site.counters.usage(ada).uses == 0

    run_virtually(story())


def test_a_use_that_is_reported_hours_later_uses_the_code_up_and_tells_nobody() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=ONCE)
            await rest(hours=3)
            at = dt_util.utcnow() - timedelta(hours=2)
            slot = slot_of(house, door, ada)
            for _ in range(2):
                lock.emit(LockOperated(Action.UNLOCK, Method.KEYPAD, slot, at))
            await rest(seconds=10)
            assert not lock.codes
            assert house.site.counters.usage(ada).uses == 1
            fresh = [
                event
                for event in house.events
                if event.type is AccessType.UNLOCKED and not event.is_historic
            ]
            assert fresh == []

    run_virtually(story())


def test_a_used_up_code_stays_used_up_over_a_restart() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=ONCE)
            await rest(minutes=1)
            lock.unlock_at_keypad(slot_of(house, door, ada))
            await rest(minutes=2)
            await house.reopen()
            await rest(minutes=5)
            assert not lock.codes
            assert house.site.status(house.site.people[ada]) is PersonStatus.USED_UP

    run_virtually(story())


def test_lost_counts_let_nobody_in_again_and_take_no_code_away() -> None:
    async def story() -> None:
        lock = FakeProvider()
        disk: Disk = {}
        async with berlin_house(disk) as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=AccessRule(use_limit=5))
            ben = await house.add_person("Ben", "907154", rule=ONCE)
            await rest(minutes=1)
            lock.unlock_at_keypad(slot_of(house, door, ben))
            await rest(minutes=2)
            assert list(lock.codes.values()) == [PIN]
            await house.close()
            counters = next(key for key in disk if key.endswith(".counters"))
            disk[counters]["data"] = {"people": "nonsense"}
            await house.open()
            await rest(minutes=5)
            assert list(lock.codes.values()) == [PIN]
            lock.unlock_at_keypad(slot_of(house, door, ada))
            await rest(minutes=2)
            assert lock.codes == {}
            house.set_rule(ben, AccessRule(use_limit=2))
            await rest(minutes=2)
            assert list(lock.codes.values()) == ["907154"]

    run_virtually(story())
