"""Codes at rest are verified within a budget, over days."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise, product

import pytest

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.slot import SlotState
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.leak_checks import live_tasks, live_timers
from tests.harness.engine.read_recorder import (
    HOUR,
    PEOPLE,
    ReadRecordingProvider,
    advance,
    run_with_engine,
    set_up_people,
)
from tests.harness.fakes.provider import Call, Profile
from tests.harness.sampling import sample


def most_in_an_hour(moments: list[datetime]) -> int:
    return max(
        (sum(first <= at < first + HOUR for at in moments) for first in moments),
        default=0,
    )


CHECKS = (None, 1, 2, 7, 60)
SHOWING = (Profile.READABLE, Profile.MASKING)
SLOTS = range(1, PEOPLE + 1)


@pytest.mark.parametrize(
    ("checks", "profile"), sample(list(product(CHECKS, SHOWING)), len(CHECKS))
)
def test_reads_never_exceed_the_budget_and_are_spread_over_the_hour(
    profile: Profile, checks: int | None
) -> None:
    budget = 4 if checks is None else checks

    async def scenario(engine: EngineHarness) -> None:
        provider = ReadRecordingProvider(profile)
        await set_up_people(engine, provider, checks)
        provider.looks.clear()

        await advance(timedelta(days=3))

        moments = provider.moments
        assert most_in_an_hour(moments) == budget
        assert len(moments) >= 3 * 24 * budget - 2 * PEOPLE
        gaps = [later - at for at, later in pairwise(moments)]
        assert min(gaps) >= HOUR / budget
        assert max(gaps) < HOUR / budget + timedelta(seconds=1)
        # everybody in turn
        turns = [slot for _, slot in provider.looks]
        assert turns[: 2 * PEOPLE] == turns[:PEOPLE] * 2
        assert sorted(turns[:PEOPLE]) == list(range(1, PEOPLE + 1))
        assert provider.counts.writes == PEOPLE

    run_with_engine(scenario)


@pytest.mark.parametrize(("checks", "slot"), sample(list(product((1, 4), SLOTS)), 4))
def test_a_change_without_a_report_is_found_within_one_round(
    slot: int, checks: int
) -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = ReadRecordingProvider()
        lock = await set_up_people(engine, provider, checks)
        await advance(timedelta(days=1, minutes=7 * slot))
        ours = provider.codes[slot]
        provider.set_at_keypad(slot, "904444", reported=False)

        await advance(HOUR * PEOPLE / checks + timedelta(seconds=1))

        assert engine.published(AccessType.CODE_CHANGED) == [
            (AccessType.CODE_CHANGED, slot)
        ]
        assert provider.codes[slot] == ours
        assert engine.snapshot(lock).slots[slot].state is SlotState.IN_SYNC

    run_with_engine(scenario)


def test_a_code_that_comes_back_to_a_disabled_person_is_found() -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = ReadRecordingProvider()
        lock = await set_up_people(engine, provider)
        engine.set_enabled("person-3", enabled=False)
        await advance(HOUR)
        view = engine.view(lock, "person-3")
        assert view is not None
        assert view.slot not in provider.codes
        provider.set_at_keypad(view.slot, "907153", reported=False)

        await advance(HOUR * PEOPLE / 4 + timedelta(minutes=1))

        assert view.slot not in provider.codes

    run_with_engine(scenario)


@pytest.mark.parametrize(
    ("profile", "checks", "reports"),
    [
        (Profile.READABLE, 0, False),
        (Profile.READABLE, 0, True),
        (Profile.MASKING, 0, False),
        (Profile.WRITE_ONLY, None, False),
        (Profile.WRITE_ONLY, 60, False),
    ],
)
def test_without_anything_to_verify_nothing_is_read(
    profile: Profile, checks: int | None, reports: bool
) -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = ReadRecordingProvider(profile, reports_changes=reports)
        await set_up_people(engine, provider, checks)
        provider.looks.clear()
        assert live_timers(engine.hass) == live_tasks() == []
        await advance(timedelta(days=2))
        await engine.reopen()
        await advance(timedelta(minutes=1))
        assert live_timers(engine.hass) == live_tasks() == []
        await advance(timedelta(days=2))
        provider.disconnect()
        provider.connect()
        await advance(timedelta(minutes=1))
        assert live_timers(engine.hass) == live_tasks() == []
        assert provider.looks == []

    run_with_engine(scenario)


@pytest.mark.parametrize("back", ["restart", "reconnect"])
def test_a_reporting_lock_is_verified_once_after_each_reconnect(
    back: str,
) -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = ReadRecordingProvider(reports_changes=True)
        await set_up_people(engine, provider)
        provider.looks.clear()
        await advance(timedelta(days=2))
        assert provider.looks == []
        assert live_timers(engine.hass) == []

        if back == "restart":
            await engine.reopen()
        else:
            provider.disconnect()
            await advance(timedelta(minutes=1))
            provider.connect()
        await advance(timedelta(days=2))

        assert sorted(slot for _, slot in provider.looks) == list(range(1, PEOPLE + 1))
        assert most_in_an_hour(provider.moments) <= 4
        assert live_timers(engine.hass) == live_tasks() == []

    run_with_engine(scenario)


@pytest.mark.parametrize("pause", [timedelta(minutes=7), timedelta(minutes=40)])
@pytest.mark.parametrize("back", ["restart", "reconnect"])
def test_no_restart_and_no_reconnect_makes_more_reads(
    back: str, pause: timedelta
) -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = ReadRecordingProvider()
        await set_up_people(engine, provider)
        provider.looks.clear()

        for _ in range(40):
            if back == "restart":
                await engine.reopen()
            else:
                provider.disconnect()
                provider.connect()
            await advance(pause)

        assert most_in_an_hour(provider.moments) <= 4

    run_with_engine(scenario)


def test_a_lock_that_is_out_of_reach_or_silent_is_not_asked_more_often() -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = ReadRecordingProvider()
        await set_up_people(engine, provider)
        provider.disconnect()
        provider.looks.clear()
        await advance(timedelta(seconds=1))
        # the next attempt to reach the lock, and when it will have been away for long
        assert len(live_timers(engine.hass)) == 2
        await advance(timedelta(days=1))
        assert provider.looks == []

        provider.connect()
        await advance(timedelta(days=1))
        assert len({slot for _, slot in provider.looks}) == PEOPLE
        assert most_in_an_hour(provider.moments) == 4

    run_with_engine(scenario)


def test_a_busy_queue_does_not_bring_two_checks_close_together() -> None:
    """A check that waited for its turn counts from when it began."""

    async def scenario(engine: EngineHarness) -> None:
        provider = ReadRecordingProvider()
        lock = await set_up_people(engine, provider)
        provider.looks.clear()
        for _ in range(60):
            await advance(timedelta(minutes=6))
            provider.hang(Call.READ)
            nobodys = asyncio.create_task(
                engine.site.locks[lock].requests.async_read_slot(9)
            )
            await advance(timedelta(seconds=100))
            provider.release()
            await nobodys
        moments = [at for at, slot in provider.looks if slot != 9]
        assert len(moments) > 20
        assert most_in_an_hour(moments) <= 4

    run_with_engine(scenario)


def test_what_was_verified_on_request_is_not_read_again_right_away() -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = ReadRecordingProvider()
        lock = await set_up_people(engine, provider)
        await advance(HOUR)
        await engine.site.locks[lock].requests.async_verify()
        provider.looks.clear()

        await advance(timedelta(minutes=14))
        assert provider.looks == []
        await advance(timedelta(minutes=31))
        assert 2 <= len(provider.looks) <= 3

    run_with_engine(scenario)


def test_there_is_one_timer_for_each_idle_lock() -> None:
    async def scenario(engine: EngineHarness) -> None:
        for number in range(3):
            engine.add_lock(str(number), ReadRecordingProvider())
        for number in range(PEOPLE):
            await engine.add_person(str(number), f"90715{number}")
        for _ in range(30):
            await advance(timedelta(minutes=17))
            assert len(live_timers(engine.hass)) == 3
            assert live_tasks() == []

    run_with_engine(scenario)


def test_locks_that_come_back_together_are_not_asked_together() -> None:
    async def scenario(engine: EngineHarness) -> None:
        providers = [ReadRecordingProvider() for _ in range(5)]
        for number, provider in enumerate(providers):
            engine.add_lock(str(number), provider)
        await engine.add_person("Ann", "907153")
        await advance(timedelta(minutes=5))
        await engine.reopen()
        for provider in providers:
            provider.looks.clear()
        await advance(timedelta(days=1))
        moments = sorted(at for provider in providers for at in provider.moments)
        gaps = [later - at for at, later in pairwise(moments)]
        assert sum(gap < timedelta(seconds=1) for gap in gaps) < len(gaps) / 10

    run_with_engine(scenario)
