"""A site for each test."""

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import get_internal_store_manager
import pytest
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.keyholder.providers.registry import LOADERS
from tests.harness.claims import ClaimChecker
from tests.harness.clock.event_loops import (
    LoopFactory,
    configure_event_loop,  # noqa: F401 (a fixture)
    virtual_loop,
)
from tests.harness.engine.engine_claims import SlotStates, record_states, watch_engine
from tests.harness.engine.engine_harness import PLATFORM, EngineHarness


def pytest_asyncio_loop_factories(item: pytest.Function) -> Mapping[str, LoopFactory]:
    """Run every test on virtual time."""
    return virtual_loop(item)


@pytest.fixture
async def engine(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EngineHarness]:
    """A site that is open, with no locks and nobody in it."""
    # Home Assistant saves its registry a second late; the engine waits for that
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    engine = EngineHarness(hass)
    monkeypatch.setitem(LOADERS, PLATFORM, engine.load)
    await engine.open()
    yield engine
    await engine.close()


@pytest.fixture
async def hass_on_disk(tmp_path: Path) -> AsyncIterator[HomeAssistant]:
    """A Home Assistant whose stores are files, as it is after its own start."""
    async with async_test_home_assistant(config_dir=str(tmp_path)) as hass:
        (tmp_path / ".storage").mkdir(exist_ok=True)
        await get_internal_store_manager(hass).async_initialize()
        yield hass
        await hass.async_stop(force=True)


@pytest.fixture
def claims(engine: EngineHarness) -> Iterator[ClaimChecker]:
    """Fail the test where something was shown that was not so."""
    claims = watch_engine(engine)
    yield claims
    assert claims.false_claims == []


@pytest.fixture
def slot_states(engine: EngineHarness) -> SlotStates:
    """The states that each slot was published with, by lock and slot."""
    return record_states(engine)
