"""A Home Assistant without pytest's fixtures, for who runs several, or another loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory

from homeassistant.core import CoreState, HomeAssistant
from pytest_homeassistant_custom_component.common import async_test_home_assistant


@asynccontextmanager
async def running_home_assistant(
    *,
    folder: str | None = None,
    load_registries: bool = True,
    initial_state: CoreState = CoreState.running,
) -> AsyncIterator[HomeAssistant]:
    """Run one in this folder, or in one of its own that goes with it.

    The test plugin's own folder, which would be used else, is shared by all processes.
    """
    with TemporaryDirectory() as own:
        async with async_test_home_assistant(
            load_registries=load_registries,
            initial_state=initial_state,
            config_dir=folder or own,
        ) as hass:
            yield hass
