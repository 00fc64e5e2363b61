"""The event loops of async tests: virtual time, or real time where something needs it.

How to use it, in the conftest of tests that run on virtual time:

    from tests.harness.clock.event_loops import LoopFactory, configure_event_loop, virtual_loop

    def pytest_asyncio_loop_factories(item: pytest.Function) -> Mapping[str, LoopFactory]:
        return virtual_loop(item)
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

from homeassistant.runner import configure_event_loop as configure
import pytest

from .virtual_clock import clocks_of
from .virtual_loop import VirtualLoop

type LoopFactory = Callable[[], asyncio.AbstractEventLoop]

REAL_FIXTURES: Final = {"hass_client", "hass_ws_client", "recorder_mock"}
"""A web server goes by the real clock, the recorder is a thread."""
REAL_LOOP: Final[Mapping[str, LoopFactory]] = {"real": asyncio.new_event_loop}


def virtual_loop(item: pytest.Function) -> Mapping[str, LoopFactory]:
    """Run a test on virtual time, unless it takes a fixture that lives on real time."""
    if REAL_FIXTURES.intersection(item.fixturenames):
        return REAL_LOOP
    return {"virtual": VirtualLoop}


@pytest.fixture(autouse=True)
async def configure_event_loop() -> AsyncIterator[None]:
    """Replace the plugin's fixture: Home Assistant gives its loop the real clock."""
    loop = asyncio.get_running_loop()
    configure(loop)
    if isinstance(loop, VirtualLoop):
        del vars(loop)["time"]
        with clocks_of(loop):
            yield
    else:
        yield
