"""A new name of a person reaches the locks that keep names, and no code is touched."""

import asyncio

import pytest

from custom_components.keyholder.model.slot import Reason, SlotState
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.real_delays import engine_with_real_delays
from tests.harness.fakes.provider import Call, FakeProvider, Profile

HOUR = 3600


def rename(engine: EngineHarness, person: str, name: str) -> None:
    """Rename a person, as Home Assistant's own menu does."""
    subentry = next(
        each for each in engine.entry.subentries.values() if each.unique_id == person
    )
    engine.hass.config_entries.async_update_subentry(engine.entry, subentry, title=name)


@pytest.mark.parametrize("profile", list(Profile))
def test_a_name_is_one_command_on_each_lock_that_keeps_names(profile: Profile) -> None:
    """Clause 16.41: and nothing else is sent to any lock."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            keeps = [FakeProvider(profile, keeps_names=True) for _ in range(2)]
            other = FakeProvider(profile)
            for number, provider in enumerate([*keeps, other]):
                engine.add_lock(str(number), provider, slots=(1, 5))
            ann = await engine.add_person("Ann", "907153")
            await engine.add_person("Ben", "904862")
            await asyncio.sleep(HOUR)
            before = [
                (provider.counts.writes, provider.counts.clears)
                for provider in [*keeps, other]
            ]
            for provider in [*keeps, other]:
                provider.calls.clear()

            rename(engine, ann, "Anna")
            await asyncio.sleep(60)

            assert [provider.calls for provider in keeps] == [[(Call.RENAME, 1)]] * 2
            assert other.calls == []
            assert [provider.held[1].label for provider in keeps] == ["Anna"] * 2
            assert [provider.held[2].label for provider in keeps] == ["Ben"] * 2
            assert before == [
                (provider.counts.writes, provider.counts.clears)
                for provider in [*keeps, other]
            ]
            await engine.reopen()
            await asyncio.sleep(HOUR)
            assert [provider.counts.renames for provider in keeps] == [1, 1]

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize("restarts", [False, True])
def test_a_dead_lock_gets_the_last_name_when_it_is_back(restarts: bool) -> None:
    """Clause 16.41: a name outlives a dead lock and a restart, and is one command."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(Profile.MASKING, keeps_names=True)
            lock = engine.add_lock("Front", provider)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(HOUR)
            provider.faults.unreachable = True

            rename(engine, ann, "Anna")
            await asyncio.sleep(HOUR)
            rename(engine, ann, "Annabel")
            await asyncio.sleep(HOUR)
            if restarts:
                await engine.reopen()
            provider.counts.renames = 0
            provider.faults.unreachable = False
            await asyncio.sleep(3 * HOUR)

            assert provider.held[1].label == "Annabel"
            assert provider.counts.renames == 1
            assert provider.counts.writes == 1
            assert engine.state(lock, ann) is SlotState.IN_SYNC
            assert engine.snapshot(lock).reachable

    run_on_virtual_clock(scenario())


def test_a_code_that_is_still_to_be_written_takes_the_new_name_along() -> None:
    """Clause 16.41: no command for the name alone."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(keeps_names=True)
            engine.add_lock("Front", provider)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(HOUR)
            provider.disconnect()
            await engine.set_pin(ann, "905577")
            rename(engine, ann, "Anna")
            await asyncio.sleep(HOUR)
            provider.connect()
            await asyncio.sleep(60)

            assert provider.held[1].label == "Anna"
            assert provider.counts.renames == 0

    run_on_virtual_clock(scenario())


def test_a_lock_that_refuses_a_name_is_not_asked_again() -> None:
    """Clause 16.41: the name is informative, and the code is what counts."""

    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(keeps_names=True)
            lock = engine.add_lock("Front", provider)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(HOUR)
            provider.faults.refuse = Reason.REJECTED

            rename(engine, ann, "Anna")
            await asyncio.sleep(HOUR)
            await engine.reopen()
            await asyncio.sleep(HOUR)

            assert provider.counts.renames == 1
            assert engine.state(lock, ann) is SlotState.IN_SYNC

    run_on_virtual_clock(scenario())
