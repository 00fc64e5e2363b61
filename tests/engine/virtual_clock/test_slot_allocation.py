"""Empty slots are found for several people before the first of them is written."""

from datetime import timedelta

import pytest

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
