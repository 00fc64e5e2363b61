"""A code is on the lock exactly while its person's rule says so, over days."""

from datetime import UTC, datetime

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.credential import PersonStatus
from custom_components.keyholder.model.slot import DesiredState, SlotState
from tests.fakes.provider import FakeProvider, Profile
from tests.integration.engine.idle import tasks, timers

from ..house import Disk
from ..run import run_virtually
from .story import berlin_house, rest, seconds_until, until, weekly, window

PIN = "907153"
BOUNDARY = 5.0
"""Seconds within which a boundary has to be met, besides the radio."""


def test_a_window_opens_and_closes_every_day() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=weekly(window(10, 17)))
            await rest(minutes=5)
            assert lock.codes == {}
            for day in ("02", "03", "04"):
                await until(f"03-{day} 10:00")
                assert (
                    await seconds_until(lambda: PIN in lock.codes.values()) < BOUNDARY
                )
                await rest(seconds=10)
                assert house.state(door, ada) is SlotState.IN_SYNC
                await until(f"03-{day} 16:59")
                assert PIN in lock.codes.values()
                await until(f"03-{day} 17:00")
                assert await seconds_until(lambda: not lock.codes) < BOUNDARY
                await rest(minutes=2)
                view = house.view(door, ada)
                assert view is not None
                assert (view.desired, view.state) == (
                    DesiredState.ABSENT,
                    SlotState.IN_SYNC,
                )

    run_virtually(story())


def test_who_may_not_come_in_yet_has_no_code_and_is_told_so() -> None:
    async def story() -> None:
        async with berlin_house() as house:
            house.add_lock("front", FakeProvider())
            ada = await house.add_person("Ada", PIN, rule=weekly(window(10, 17)))
            await rest(minutes=5)
            person = house.site.people[ada]
            assert house.site.status(person) is PersonStatus.SCHEDULED
            verdict = house.site.rules.result(person)
            assert verdict.next_change == datetime(2026, 3, 2, 9, tzinfo=UTC)
            await until("03-02 10:01")
            assert house.site.status(person) is PersonStatus.ACTIVE

    run_virtually(story())


def test_between_boundaries_nothing_runs_but_one_timer() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            house.add_lock("front", lock)
            rule = weekly(window(10, 17))
            for number in range(5):
                await house.add_person(f"P{number}", f"90715{number}", rule=rule)
            await until("03-02 12:00")
            used = lock.counts.total
            before = timers(house.hass), tasks()
            await until("03-02 16:59")
            assert lock.counts.total == used
            assert (timers(house.hass), tasks()) == before

    run_virtually(story())


def test_an_expired_code_goes_and_its_pin_is_kept_for_a_longer_validity() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            until_noon = datetime(2026, 3, 2, 11, tzinfo=UTC)
            rule = AccessRule(valid_until=until_noon)
            ada = await house.add_person("Ada", PIN, rule=rule)
            await until("03-02 11:59")
            assert house.state(door, ada) is SlotState.IN_SYNC
            await until("03-02 12:00")
            assert await seconds_until(lambda: not lock.codes) < BOUNDARY
            await rest(minutes=5)
            assert house.site.status(house.site.people[ada]) is PersonStatus.EXPIRED
            house.set_rule(ada, AccessRule(valid_until=until_noon.replace(day=3)))
            await rest(minutes=1)
            assert list(lock.codes.values()) == [PIN]

    run_virtually(story())


def test_a_boundary_that_passed_while_home_assistant_was_away_is_met_at_its_start() -> (
    None
):
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=weekly(window(8, 10)))
            await house.add_person("Ben", "907154", rule=weekly(window(11, 17)))
            await rest(minutes=5)
            assert list(lock.codes.values()) == [PIN]
            await house.close()
            await until("03-02 12:00")
            await house.open()
            await seconds_until(lambda: list(lock.codes.values()) == ["907154"], 10)

    run_virtually(story())


def test_closing_goes_before_opening() -> None:
    async def story() -> None:
        lock = FakeProvider(Profile.READABLE)
        held: list[set[str]] = []
        async with berlin_house() as house:
            house.add_lock("front", lock)
            for number in range(5):
                rule = weekly(window(8, 12))
                await house.add_person(f"Early {number}", f"90715{number}", rule=rule)
            for number in range(5):
                rule = weekly(window(12, 17))
                await house.add_person(f"Late {number}", f"90716{number}", rule=rule)
            await until("03-02 11:59")
            assert len(lock.codes) == 5
            lock.watch(lambda: held.append(set(lock.codes.values())))
            await until("03-02 12:05")
        first_late = next(
            number
            for number, codes in enumerate(held)
            if any(code.startswith("90716") for code in codes)
        )
        assert not any(code.startswith("90715") for code in held[first_late])
        assert held[-1] == {f"90716{number}" for number in range(5)}

    run_virtually(story())


def test_the_day_on_which_the_clocks_go_forward() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=weekly(window(1, 4)))
            await until("03-29 00:59")
            assert not lock.codes
            opened = dt_util.utcnow()
            await seconds_until(lambda: lock.codes, 120)
            await rest(minutes=5)
            await seconds_until(lambda: not lock.codes, 3 * 3600)
            # two hours by the clock on the wall less than it looks
            assert 1.9 < (dt_util.utcnow() - opened).total_seconds() / 3600 < 2.1

    run_virtually(story())


def test_another_time_zone_moves_the_windows() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=weekly(window(10, 17)))
            await until("03-02 12:00")
            assert lock.codes
            await house.hass.config.async_update(time_zone="America/New_York")
            await rest(seconds=5)
            assert not lock.codes

    run_virtually(story())


def test_a_rule_of_nonsense_denies_and_does_not_stop_anybody_else() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN)
            await house.add_person("Ben", "907154")
            await rest(minutes=1)
            assert len(lock.codes) == 2
            house.set_data(ada, rule={"weekly": {"windows": [{"start": "25:00"}]}})
            await rest(minutes=1)
            assert list(lock.codes.values()) == ["907154"]

    run_virtually(story())


def test_what_is_stored_of_rules_outlives_a_reload_with_nothing_written() -> None:
    async def story() -> None:
        lock = FakeProvider()
        disk: Disk = {}
        async with berlin_house(disk) as house:
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await rest(minutes=5)
            used = lock.counts.writes, lock.counts.clears
            await house.reopen()
            await rest(minutes=5)
            assert (lock.counts.writes, lock.counts.clears) == used

    run_virtually(story())
