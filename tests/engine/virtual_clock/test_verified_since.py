"""Since when all codes are verified is shown, and moves only with a look at all."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.slot import SlotState
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.read_recorder import (
    HOUR,
    PEOPLE,
    ReadRecordingProvider,
    advance,
    run_with_engine,
    set_up_people,
)
from tests.harness.fakes.provider import Profile


def test_all_codes_are_verified_since_the_oldest_look() -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = ReadRecordingProvider()
        lock = await set_up_people(engine, provider)
        for _ in range(20):
            await advance(timedelta(minutes=33))
            snapshot = engine.snapshot(lock)
            proofs = [view.verified_at for view in snapshot.slots.values()]
            assert snapshot.all_verified_since == min(filter(None, proofs))
            assert dt_util.utcnow() - min(filter(None, proofs)) <= HOUR * PEOPLE / 4 + (
                timedelta(minutes=15)
            )

    run_with_engine(scenario)


def test_a_change_of_one_code_does_not_move_it() -> None:
    async def scenario(engine: EngineHarness) -> None:
        lock = await set_up_people(engine, ReadRecordingProvider(reports_changes=True))
        await advance(timedelta(days=1))
        since = engine.snapshot(lock).all_verified_since
        shown: list[datetime | None] = []
        engine.site.locks[lock].async_add_listener(
            lambda: shown.append(engine.snapshot(lock).all_verified_since)
        )

        await engine.set_pin("person-0", "908888")
        await advance(timedelta(minutes=2))

        assert set(shown) == {since}

    run_with_engine(scenario)


def test_verifying_all_codes_moves_it_once() -> None:
    async def scenario(engine: EngineHarness) -> None:
        lock = await set_up_people(engine, ReadRecordingProvider(reports_changes=True))
        await advance(timedelta(days=1))
        shown = [engine.snapshot(lock).all_verified_since]
        engine.site.locks[lock].async_add_listener(
            lambda: shown.append(engine.snapshot(lock).all_verified_since)
        )

        await engine.site.locks[lock].requests.async_verify()
        await advance(HOUR)

        assert len(set(shown)) == 2
        assert shown[-1] is not None
        assert shown[-1] > dt_util.utcnow() - 2 * HOUR

    run_with_engine(scenario)


def test_it_is_not_known_while_a_code_is_not_proven() -> None:
    async def scenario(engine: EngineHarness) -> None:
        provider = ReadRecordingProvider(reports_changes=True)
        lock = await set_up_people(engine, provider)
        assert engine.snapshot(lock).all_verified_since is not None
        provider.faults.drop_writes = True
        await engine.set_pin("person-0", "908888")
        await advance(HOUR)
        assert engine.state(lock, "person-0") is SlotState.SUSPENDED
        assert engine.snapshot(lock).all_verified_since is None

    run_with_engine(scenario)


def test_a_lock_that_shows_nothing_is_never_called_verified() -> None:
    async def scenario(engine: EngineHarness) -> None:
        lock = await set_up_people(engine, ReadRecordingProvider(Profile.WRITE_ONLY))
        assert engine.snapshot(lock).all_verified_since is None

    run_with_engine(scenario)
