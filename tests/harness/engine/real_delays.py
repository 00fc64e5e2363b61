"""The engine on locks in memory with the delays of real ones, on virtual time.

How to use it: `async with engine_with_real_delays() as engine:` on the virtual clock; the
same `StoredData` given twice is a restart.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

from pytest_homeassistant_custom_component.common import (
    mock_storage,
)

from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.providers.registry import LOADERS
from tests.harness.engine.engine_harness import PLATFORM, EngineHarness
from tests.harness.instances.ha_instances import running_home_assistant

type StoredData = dict[str, Any]


@asynccontextmanager
async def engine_with_real_delays(
    disk: StoredData | None = None, timing: Timing | None = None
) -> AsyncIterator[EngineHarness]:
    """Run a site on what is stored, until the scenario is over."""
    async with running_home_assistant() as hass:
        with mock_storage(disk):
            engine = EngineHarness(hass, timing or Timing())
            with patch.dict(LOADERS, {PLATFORM: engine.load}):
                await engine.open()
                yield engine
                await engine.close()
                await hass.async_stop(force=True)
