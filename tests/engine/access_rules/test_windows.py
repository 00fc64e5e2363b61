"""A code is on the lock exactly while its person's rule says so, over days."""

from datetime import UTC, datetime

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.credential import PersonStatus
from custom_components.keyholder.model.slot import DesiredState, SlotState
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.access_rule_scenario import (
    advance,
    engine_in_berlin,
    seconds_until,
    sleep_until,
    weekly,
    window,
)
from tests.harness.engine.leak_checks import live_tasks, live_timers
from tests.harness.engine.real_delays import StoredData
from tests.harness.fakes.provider import FakeProvider, Profile

PIN = "907153"
BOUNDARY = 5.0
"""Seconds within which a boundary has to be met, besides the radio."""


def test_a_window_opens_and_closes_every_day() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(10, 17)))
            await advance(minutes=5)
            assert lock.codes == {}
            for day in ("02", "03", "04"):
                await sleep_until(f"03-{day} 10:00")
                assert (
                    await seconds_until(lambda: PIN in lock.codes.values()) < BOUNDARY
                )
                await advance(seconds=10)
                assert engine.state(door, ada) is SlotState.IN_SYNC
                await sleep_until(f"03-{day} 16:59")
                assert PIN in lock.codes.values()
                await sleep_until(f"03-{day} 17:00")
                assert await seconds_until(lambda: not lock.codes) < BOUNDARY
                await advance(minutes=2)
                view = engine.view(door, ada)
                assert view is not None
                assert (view.desired, view.state) == (
                    DesiredState.ABSENT,
                    SlotState.IN_SYNC,
                )

    run_on_virtual_clock(scenario())


def test_a_person_who_is_denied_yet_has_no_code_and_a_reason() -> None:
    async def scenario() -> None:
        async with engine_in_berlin() as engine:
            engine.add_lock("front", FakeProvider())
            ada = await engine.add_person("Ada", PIN, rule=weekly(window(10, 17)))
            await advance(minutes=5)
            person = engine.site.people[ada]
            assert engine.site.status(person) is PersonStatus.SCHEDULED
            verdict = engine.site.rules.result(person)
            assert verdict.next_change == datetime(2026, 3, 2, 9, tzinfo=UTC)
            await sleep_until("03-02 10:01")
            assert engine.site.status(person) is PersonStatus.ACTIVE

    run_on_virtual_clock(scenario())


def test_between_boundaries_nothing_runs_but_one_timer() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            engine.add_lock("front", lock)
            rule = weekly(window(10, 17))
            for number in range(5):
                await engine.add_person(f"P{number}", f"90715{number}", rule=rule)
            await sleep_until("03-02 12:00")
            used = lock.counts.total
            before = live_timers(engine.hass), live_tasks()
            await sleep_until("03-02 16:59")
            assert lock.counts.total == used
            assert (live_timers(engine.hass), live_tasks()) == before

    run_on_virtual_clock(scenario())


def test_an_expired_code_goes_and_its_pin_is_kept_for_a_longer_validity() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            door = engine.add_lock("front", lock)
            until_noon = datetime(2026, 3, 2, 11, tzinfo=UTC)
            rule = AccessRule(valid_until=until_noon)
            ada = await engine.add_person("Ada", PIN, rule=rule)
            await sleep_until("03-02 11:59")
            assert engine.state(door, ada) is SlotState.IN_SYNC
            await sleep_until("03-02 12:00")
            assert await seconds_until(lambda: not lock.codes) < BOUNDARY
            await advance(minutes=5)
            assert engine.site.status(engine.site.people[ada]) is PersonStatus.EXPIRED
            engine.set_rule(ada, AccessRule(valid_until=until_noon.replace(day=3)))
            await advance(minutes=1)
            assert list(lock.codes.values()) == [PIN]

    run_on_virtual_clock(scenario())


def test_a_boundary_that_passed_during_a_downtime_is_applied_at_start() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=weekly(window(8, 10)))
            await engine.add_person("Ben", "907154", rule=weekly(window(11, 17)))
            await advance(minutes=5)
            assert list(lock.codes.values()) == [PIN]
            await engine.close()
            await sleep_until("03-02 12:00")
            await engine.open()
            await seconds_until(lambda: list(lock.codes.values()) == ["907154"], 10)

    run_on_virtual_clock(scenario())


def test_closing_goes_before_opening() -> None:
    async def scenario() -> None:
        lock = FakeProvider(Profile.READABLE)
        held: list[set[str]] = []
        async with engine_in_berlin() as engine:
            engine.add_lock("front", lock)
            for number in range(5):
                rule = weekly(window(8, 12))
                await engine.add_person(f"Early {number}", f"90715{number}", rule=rule)
            for number in range(5):
                rule = weekly(window(12, 17))
                await engine.add_person(f"Late {number}", f"90716{number}", rule=rule)
            await sleep_until("03-02 11:59")
            assert len(lock.codes) == 5
            lock.watch(lambda: held.append(set(lock.codes.values())))
            await sleep_until("03-02 12:05")
        first_late = next(
            number
            for number, codes in enumerate(held)
            if any(code.startswith("90716") for code in codes)
        )
        assert not any(code.startswith("90715") for code in held[first_late])
        assert held[-1] == {f"90716{number}" for number in range(5)}

    run_on_virtual_clock(scenario())


def test_the_day_on_which_the_clocks_go_forward() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=weekly(window(1, 4)))
            await sleep_until("03-29 00:59")
            assert not lock.codes
            opened = dt_util.utcnow()
            await seconds_until(lambda: lock.codes, 120)
            await advance(minutes=5)
            await seconds_until(lambda: not lock.codes, 3 * 3600)
            # two hours by the clock on the wall less than it looks
            assert 1.9 < (dt_util.utcnow() - opened).total_seconds() / 3600 < 2.1

    run_on_virtual_clock(scenario())


def test_another_time_zone_moves_the_windows() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=weekly(window(10, 17)))
            await sleep_until("03-02 12:00")
            assert lock.codes
            await engine.hass.config.async_update(time_zone="America/New_York")
            await advance(seconds=5)
            assert not lock.codes

    run_on_virtual_clock(scenario())


def test_a_rule_of_nonsense_denies_and_does_not_stop_anybody_else() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN)
            await engine.add_person("Ben", "907154")
            await advance(minutes=1)
            assert len(lock.codes) == 2
            engine.set_data(ada, rule={"weekly": {"windows": [{"start": "25:00"}]}})
            await advance(minutes=1)
            assert list(lock.codes.values()) == ["907154"]

    run_on_virtual_clock(scenario())


def test_what_is_stored_of_rules_outlives_a_reload_with_nothing_written() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        disk: StoredData = {}
        async with engine_in_berlin(disk) as engine:
            engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=weekly(window(8, 17)))
            await advance(minutes=5)
            used = lock.counts.writes, lock.counts.clears
            await engine.reopen()
            await advance(minutes=5)
            assert (lock.counts.writes, lock.counts.clears) == used

    run_on_virtual_clock(scenario())
