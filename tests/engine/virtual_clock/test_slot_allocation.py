"""Empty slots are found for several people before the first of them is written."""

from datetime import timedelta

import pytest

from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.slot import Reason, SlotState
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.read_recorder import advance, run_with_engine
from tests.harness.fakes.provider import FakeProvider


@pytest.mark.parametrize(("seconds", "found"), [(4.5, 2), (5, 1)])
def test_slots_are_searched_only_while_the_first_read_is_fresh(
    seconds: float, found: int
) -> None:
    """A reading holds for ten seconds, and the write still has to have its turn."""
    provider = FakeProvider()
    provider.faults.answers_after = seconds

    async def scenario(engine: EngineHarness) -> None:
        for number in range(3):
            await engine.add_person(str(number), f"90715{number}")
        engine.add_lock("Front", provider)
        while not provider.counts.writes:
            await advance(timedelta(seconds=0.25))
        assert provider.counts.reads == found

    run_with_engine(scenario)


@pytest.mark.parametrize("reserved", [{1}, {1, 2}, {1, 2, 3, 4}, {1, 3, 5}], ids=str)
def test_slots_that_are_not_usable_are_skipped_and_are_no_silence(
    reserved: set[int],
) -> None:
    """Clause 16.8: neither the search nor the connection counts such an answer."""
    provider = FakeProvider()
    provider.faults.slots_not_usable = reserved

    async def scenario(engine: EngineHarness) -> None:
        ann = await engine.add_person("Ann", "907153")
        lock = engine.add_lock("Front", provider)
        await advance(timedelta(seconds=5))
        view = engine.view(lock, ann)
        assert view is not None
        assert view.slot == min(set(range(1, 11)) - reserved)
        assert view.state is SlotState.IN_SYNC
        assert engine.snapshot(lock).reachable

    run_with_engine(scenario)


def test_a_lock_whose_slots_are_all_not_usable_is_full_and_not_out_of_reach() -> None:
    """Clause 16.8: it is read again ever more rarely, one slot at a time."""
    provider = FakeProvider(slots=6, codes={6: "9016"})
    provider.faults.slots_not_usable = {1, 2, 3, 4, 5}

    async def scenario(engine: EngineHarness) -> None:
        ann = CredentialRef(await engine.add_person("Ann", "907153"))
        lock = engine.add_lock("Front", provider)
        await advance(timedelta(seconds=5))
        snapshot = engine.snapshot(lock)
        assert snapshot.reachable
        assert snapshot.unassigned == {ann: Reason.NO_FREE_SLOT}
        assert snapshot.not_usable_slots == 5
        assert provider.counts.reads == 6

        await advance(timedelta(hours=12))

        assert engine.snapshot(lock).unassigned == {ann: Reason.NO_FREE_SLOT}
        assert engine.snapshot(lock).not_usable_slots == 5
        assert provider.counts.reads < 6 + 24

        provider.faults.slots_not_usable.clear()
        await advance(timedelta(hours=2))

        assert provider.codes == {1: "907153", 6: "9016"}
        assert engine.snapshot(lock).not_usable_slots == 0

    run_with_engine(scenario)
