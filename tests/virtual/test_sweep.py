"""Codes at rest are verified within a budget, over days."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise, product

import pytest

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.slot import SlotState
from tests.effort import every
from tests.fakes.provider import Call, Profile
from tests.integration.engine.house import House
from tests.integration.engine.idle import tasks, timers

from .watched import HOUR, PEOPLE, Watched, move_in, rest, tell


def most_in_an_hour(moments: list[datetime]) -> int:
    return max(
        (sum(first <= at < first + HOUR for at in moments) for first in moments),
        default=0,
    )


CHECKS = (None, 1, 2, 7, 60)
SHOWING = (Profile.READABLE, Profile.MASKING)
SLOTS = range(1, PEOPLE + 1)


@pytest.mark.parametrize(
    ("checks", "profile"), every(list(product(CHECKS, SHOWING)), len(CHECKS))
)
def test_reads_never_exceed_the_budget_and_are_spread_over_the_hour(
    profile: Profile, checks: int | None
) -> None:
    budget = 4 if checks is None else checks

    async def story(house: House) -> None:
        provider = Watched(profile)
        await move_in(house, provider, checks)
        provider.looks.clear()

        await rest(timedelta(days=3))

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

    tell(story)


@pytest.mark.parametrize(("checks", "slot"), every(list(product((1, 4), SLOTS)), 4))
def test_a_change_that_the_lock_did_not_tell_is_found_within_one_round(
    slot: int, checks: int
) -> None:
    async def story(house: House) -> None:
        provider = Watched()
        lock = await move_in(house, provider, checks)
        await rest(timedelta(days=1, minutes=7 * slot))
        ours = provider.codes[slot]
        provider.set_at_keypad(slot, "904444", told=False)

        await rest(HOUR * PEOPLE / checks + timedelta(seconds=1))

        assert house.told(AccessType.CODE_CHANGED) == [(AccessType.CODE_CHANGED, slot)]
        assert provider.codes[slot] == ours
        assert house.snapshot(lock).slots[slot].state is SlotState.IN_SYNC

    tell(story)


def test_a_code_that_comes_back_to_a_switched_off_person_is_found() -> None:
    async def story(house: House) -> None:
        provider = Watched()
        lock = await move_in(house, provider)
        house.set_enabled("person-3", enabled=False)
        await rest(HOUR)
        view = house.view(lock, "person-3")
        assert view is not None
        assert view.slot not in provider.codes
        provider.set_at_keypad(view.slot, "907153", told=False)

        await rest(HOUR * PEOPLE / 4 + timedelta(minutes=1))

        assert view.slot not in provider.codes

    tell(story)


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
def test_where_nothing_is_to_be_verified_nothing_is_read_and_no_timer_waits(
    profile: Profile, checks: int | None, reports: bool
) -> None:
    async def story(house: House) -> None:
        provider = Watched(profile, reports_changes=reports)
        await move_in(house, provider, checks)
        provider.looks.clear()
        assert timers(house.hass) == tasks() == []
        await rest(timedelta(days=2))
        await house.reopen()
        await rest(timedelta(minutes=1))
        assert timers(house.hass) == tasks() == []
        await rest(timedelta(days=2))
        provider.disconnect()
        provider.connect()
        await rest(timedelta(minutes=1))
        assert timers(house.hass) == tasks() == []
        assert provider.looks == []

    tell(story)


@pytest.mark.parametrize("back", ["restart", "reconnect"])
def test_a_lock_that_reports_changes_is_looked_over_once_each_time_it_is_back(
    back: str,
) -> None:
    async def story(house: House) -> None:
        provider = Watched(reports_changes=True)
        await move_in(house, provider)
        provider.looks.clear()
        await rest(timedelta(days=2))
        assert provider.looks == []
        assert timers(house.hass) == []

        if back == "restart":
            await house.reopen()
        else:
            provider.disconnect()
            await rest(timedelta(minutes=1))
            provider.connect()
        await rest(timedelta(days=2))

        assert sorted(slot for _, slot in provider.looks) == list(range(1, PEOPLE + 1))
        assert most_in_an_hour(provider.moments) <= 4
        assert timers(house.hass) == tasks() == []

    tell(story)


@pytest.mark.parametrize("pause", [timedelta(minutes=7), timedelta(minutes=40)])
@pytest.mark.parametrize("back", ["restart", "reconnect"])
def test_no_restart_and_no_reconnect_makes_more_reads(
    back: str, pause: timedelta
) -> None:
    async def story(house: House) -> None:
        provider = Watched()
        await move_in(house, provider)
        provider.looks.clear()

        for _ in range(40):
            if back == "restart":
                await house.reopen()
            else:
                provider.disconnect()
                provider.connect()
            await rest(pause)

        assert most_in_an_hour(provider.moments) <= 4

    tell(story)


def test_a_lock_that_is_out_of_reach_or_silent_is_not_asked_more_often() -> None:
    async def story(house: House) -> None:
        provider = Watched()
        await move_in(house, provider)
        provider.disconnect()
        provider.looks.clear()
        await rest(timedelta(seconds=1))
        # that of the next attempt to reach the lock
        assert len(timers(house.hass)) == 1
        await rest(timedelta(days=1))
        assert provider.looks == []

        provider.connect()
        await rest(timedelta(days=1))
        assert len({slot for _, slot in provider.looks}) == PEOPLE
        assert most_in_an_hour(provider.moments) == 4

    tell(story)


def test_a_busy_queue_does_not_bring_two_checks_close_together() -> None:
    """A check that waited for its turn counts from when it began."""

    async def story(house: House) -> None:
        provider = Watched()
        lock = await move_in(house, provider)
        provider.looks.clear()
        for _ in range(60):
            await rest(timedelta(minutes=6))
            provider.hang(Call.READ)
            nobodys = asyncio.create_task(house.site.locks[lock].async_read_slot(9))
            await rest(timedelta(seconds=100))
            provider.release()
            await nobodys
        moments = [at for at, slot in provider.looks if slot != 9]
        assert len(moments) > 20
        assert most_in_an_hour(moments) <= 4

    tell(story)


def test_what_was_verified_on_request_is_not_read_again_right_away() -> None:
    async def story(house: House) -> None:
        provider = Watched()
        lock = await move_in(house, provider)
        await rest(HOUR)
        await house.site.locks[lock].async_verify()
        provider.looks.clear()

        await rest(timedelta(minutes=14))
        assert provider.looks == []
        await rest(timedelta(minutes=31))
        assert 2 <= len(provider.looks) <= 3

    tell(story)


def test_there_is_one_timer_for_each_lock_at_rest() -> None:
    async def story(house: House) -> None:
        for number in range(3):
            house.add_lock(str(number), Watched())
        for number in range(PEOPLE):
            await house.add_person(str(number), f"90715{number}")
        for _ in range(30):
            await rest(timedelta(minutes=17))
            assert len(timers(house.hass)) == 3
            assert tasks() == []

    tell(story)


def test_locks_that_come_back_together_are_not_asked_together() -> None:
    async def story(house: House) -> None:
        providers = [Watched() for _ in range(5)]
        for number, provider in enumerate(providers):
            house.add_lock(str(number), provider)
        await house.add_person("Ann", "907153")
        await rest(timedelta(minutes=5))
        await house.reopen()
        for provider in providers:
            provider.looks.clear()
        await rest(timedelta(days=1))
        moments = sorted(at for provider in providers for at in provider.moments)
        gaps = [later - at for at, later in pairwise(moments)]
        assert sum(gap < timedelta(seconds=1) for gap in gaps) < len(gaps) / 10

    tell(story)
