"""A schedule with dates that a lock holds is read back from disk at a start."""

import asyncio
from datetime import timedelta

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.lock_schedule import ScheduleSupport
from custom_components.keyholder.model.slot import SlotState
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.real_delays import engine_with_real_delays
from tests.harness.fakes.provider import FakeProvider


def test_a_stay_that_the_lock_enforces_outlives_a_restart() -> None:
    """Clause 16.21: its times have no zone, and are no damage."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(schedules=ScheduleSupport(year_days=1))
            lock = engine.add_lock("Front", provider)
            end = dt_util.utcnow().replace(second=0, microsecond=0) + timedelta(days=9)
            ann = await engine.add_person(
                "Ann", "907153", rule=AccessRule(valid_until=end)
            )
            await asyncio.sleep(60)
            assert provider.limits[1].year_days
            writes = provider.counts.writes
            await engine.reopen()
            assert not engine.site.journal_lost
            await asyncio.sleep(3600)
            assert engine.state(lock, ann) is SlotState.IN_SYNC
            assert provider.counts.writes == writes

    run_on_virtual_clock(scenario())
