"""What a start makes of codes that were not where they should be at an orderly end."""

from datetime import timedelta

import pytest

from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.read_recorder import advance, run_with_engine
from tests.harness.fakes.provider import FakeProvider, Profile

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
def test_after_an_orderly_end_no_command_is_presumed_that_was_not_noted(
    profile: Profile,
) -> None:
    """After a power cut there may be one."""
    provider = FakeProvider(profile)

    async def scenario(engine: EngineHarness) -> None:
        lock = engine.add_lock("Front", provider)
        ann = await engine.add_person("Ann", "907153")
        await advance(5 * MINUTE)
        assert provider.codes == {1: "907153"}
        provider.disconnect()
        await engine.set_pin(ann, "907154")
        await advance(5 * MINUTE)

        await engine.reopen()

        (record,) = engine.site.locks[lock].journal_entry.records.values()
        assert record.revision == 2
        assert not any(
            command.assumed_after_power_loss for command in record.unresolved_commands
        )

    run_with_engine(scenario)
