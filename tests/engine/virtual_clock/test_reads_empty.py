"""Locks that store codes and show their slots as empty, with the whole engine.

Clause 16.1: who is removed leaves no code, and what is known of the lock stays.
"""

import asyncio
from collections.abc import Collection
from typing import override

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import SlotReading
from custom_components.keyholder.model.slot import SlotState
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.real_delays import engine_with_real_delays
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.waiting import wait_for

HOUR = 3600.0
each_profile = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])


class _ReadsEmpty(FakeProvider):
    """Shows every slot as empty."""

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        readings = await super().async_read(slots)
        return dict.fromkeys(readings, SlotReading.empty())


@each_profile
def test_who_is_removed_leaves_no_code_that_was_sent(profile: Profile) -> None:
    """Clause 16.1: three writes were acknowledged, and every read said "available"."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            door = _ReadsEmpty(profile)
            lock = engine.add_lock("Front", door)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(HOUR)
            assert engine.state(lock, ann) is SlotState.SUSPENDED
            assert list(door.codes.values()) == ["907153"]
            engine.remove(ann)
            await asyncio.sleep(300)
            assert door.codes == {}
            assert engine.view(lock, ann) is None

    run_on_virtual_clock(scenario())


@each_profile
def test_what_a_lock_is_known_for_outlives_its_records(profile: Profile) -> None:
    """Clause 16.1: "on that lock": the next person's code is not proven gone either."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            door = _ReadsEmpty(profile)
            lock = engine.add_lock("Front", door)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(HOUR)
            engine.remove(ann)
            await asyncio.sleep(300)
            await engine.reopen()
            bob = await engine.add_person("Bob", "907154")
            # shut out while the write is on its way, before a read could show it
            door.faults.answers_after = 0.5
            writes = door.counts.writes
            await wait_for(lambda: door.counts.writes > writes)
            engine.set_enabled(bob, False)
            await asyncio.sleep(HOUR)
            view = engine.view(lock, bob)
            assert view is not None
            assert view.evidence is Evidence.ACKNOWLEDGED
            assert view.state is SlotState.ACCEPTED
            assert door.codes == {}

    run_on_virtual_clock(scenario())
