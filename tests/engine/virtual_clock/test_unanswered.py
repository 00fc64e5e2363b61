"""A lock that is away for long is not shown as fine, and the user is told."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.credential import LockId, PersonStatus
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.model.snapshot import CredentialsState
from custom_components.keyholder.repairs.issues import issues_of_lock
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.real_delays import engine_with_real_delays
from tests.harness.fakes.provider import FakeProvider, Profile

MINUTE = 60
HOUR = 60 * MINUTE


def kinds(engine: EngineHarness, lock: LockId) -> list[str]:
    """Return the kinds of the issues of a lock that are shown."""
    found = issues_of_lock(engine.site, lock)
    return [issue.kind for issue in found if issue.show_initially]


def _unreachable(provider: FakeProvider) -> None:
    provider.faults.unreachable = True


def _mute(provider: FakeProvider) -> None:
    provider.faults.silent_reads = True


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
@pytest.mark.parametrize(
    "lose", [_unreachable, _mute, FakeProvider.disconnect], ids=["calls", "mute", "way"]
)
def test_a_lock_that_is_away_for_a_day_is_not_shown_as_proven(
    profile: Profile, lose: Callable[[FakeProvider], None]
) -> None:
    """Clause 16.6: attention, a problem, one repair; the last proof keeps its age."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(profile, reports_changes=False)
            lock = engine.add_lock("Front", provider)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(2 * HOUR)
            assert engine.state(lock, ann) is SlotState.IN_SYNC
            lost_at = dt_util.utcnow()
            lose(provider)

            await asyncio.sleep(23.5 * HOUR)
            assert engine.state(lock, ann) is SlotState.IN_SYNC
            assert kinds(engine, lock) == []
            await asyncio.sleep(1.5 * HOUR)

            snapshot, view = engine.snapshot(lock), engine.view(lock, ann)
            assert snapshot.state is CredentialsState.ATTENTION
            assert snapshot.has_problem
            assert view is not None
            assert view.state is None
            assert view.evidence is not Evidence.NONE
            assert isinstance(view.verified_at, datetime)
            assert view.verified_at <= lost_at
            assert kinds(engine, lock) == ["lock_unanswered"]
            status = engine.site.status(engine.site.people[ann])
            assert status is PersonStatus.ATTENTION

            provider.faults.unreachable = provider.faults.silent_reads = False
            provider.connect()
            await asyncio.sleep(HOUR)
            assert engine.state(lock, ann) is SlotState.IN_SYNC
            assert kinds(engine, lock) == []

    run_on_virtual_clock(scenario())


def test_a_restart_each_night_does_not_make_a_dead_lock_fine() -> None:
    """Clause 16.6: since when there was no answer outlives a restart."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(reports_changes=False)
            lock = engine.add_lock("Front", provider)
            await engine.add_person("Ann", "907153")
            await asyncio.sleep(HOUR)
            provider.faults.unreachable = True
            for _ in range(3):
                await asyncio.sleep(9 * HOUR)
                await engine.reopen()
            assert engine.snapshot(lock).outdated
            provider.faults.unreachable = False
            await asyncio.sleep(2 * HOUR)
            assert not engine.snapshot(lock).outdated
            await engine.reopen()
            assert not engine.snapshot(lock).outdated

    run_on_virtual_clock(scenario())


def test_the_limit_is_the_locks_own() -> None:
    """Clause 16.6: an option of the lock says after how many hours."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider()
            lock = engine.add_lock("Front", provider)
            await engine.add_person("Ann", "907153")
            await asyncio.sleep(HOUR)
            engine.set_data(f"lock_{lock}", unanswered_hours=2)
            await engine.site.async_wait_synced()
            await asyncio.sleep(MINUTE)
            provider.disconnect()
            await asyncio.sleep(1.9 * HOUR)
            assert not engine.snapshot(lock).outdated
            await asyncio.sleep(0.2 * HOUR)
            assert engine.snapshot(lock).outdated

    run_on_virtual_clock(scenario())


def test_a_lock_without_a_read_to_come_is_fine_once_it_is_connected() -> None:
    """Clause 16.6: what shows nothing, or is never asked, cannot answer more."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(Profile.WRITE_ONLY)
            lock = engine.add_lock("Front", provider, slots=(1, 5))
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(HOUR)
            provider.disconnect()
            await asyncio.sleep(25 * HOUR)
            assert engine.snapshot(lock).outdated
            assert engine.state(lock, ann) is None
            provider.connect()
            await asyncio.sleep(MINUTE)
            assert not engine.snapshot(lock).outdated
            assert engine.state(lock, ann) is SlotState.ACCEPTED

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize("is_new", [True, False], ids=["new person", "new PIN"])
def test_a_wanted_code_on_a_lock_out_of_reach_is_told_after_a_quarter_of_an_hour(
    is_new: bool,
) -> None:
    """Clause 16.6: before the guest stands at the door."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider()
            front = engine.add_lock("Front", provider)
            back = engine.add_lock("Back", FakeProvider())
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(HOUR)
            provider.disconnect()
            if is_new:
                ben = await engine.add_person("Ben", "904862")
                waiting = ben
            else:
                await engine.set_pin(ann, "905577")
                waiting = ann
            await asyncio.sleep(14 * MINUTE)
            assert kinds(engine, front) == []
            status = engine.site.status(engine.site.people[waiting])
            assert status is PersonStatus.PARTLY

            await asyncio.sleep(2 * MINUTE)
            assert kinds(engine, front) == ["codes_unreachable"]
            found = issues_of_lock(engine.site, front)
            (issue,) = (each for each in found if each.show_initially)
            name = engine.site.people[waiting].name
            assert issue.placeholders == {"lock": "Front", "people": name}
            assert kinds(engine, back) == []

            provider.connect()
            await asyncio.sleep(2 * MINUTE)
            assert kinds(engine, front) == []
            status = engine.site.status(engine.site.people[waiting])
            assert status is PersonStatus.ACTIVE

    run_on_virtual_clock(scenario())


def test_a_code_that_a_lock_in_reach_does_not_show_is_told_as_well() -> None:
    """Clause 16.37: after a quarter of an hour of not getting there the owner is told."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider()
            lock = engine.add_lock("Front", provider)
            ann = await engine.add_person("Ann", "907153")
            await engine.add_person("Ben", "904862")
            await asyncio.sleep(HOUR)
            provider.faults.silent_slots = {engine.slot_of(lock, ann)}
            await engine.set_pin(ann, "905577")
            await asyncio.sleep(timedelta(minutes=20).total_seconds())
            assert kinds(engine, lock) in (["codes_overdue"], ["codes_unreachable"])

    run_on_virtual_clock(scenario())
