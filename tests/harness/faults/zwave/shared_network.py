"""Home Assistant with Z-Wave JS and Keyholder, for simulated locks that share a network."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from custom_components.keyholder.model.timing import Timing
from tests.harness.faults.zwave.client_faults import ClientFaults
from tests.harness.networks.zwave import ZWaveNetwork
from tests.harness.site.site_driver import BaseSiteDriver

TIMING: Final = replace(
    Timing().scaled(0.1),
    # Almost as they are: a code that lands 1.5 s late is seen by the second look, 3 s
    # late by the third. What no look can see has to wait for the end of a window
    read_back_delays=(timedelta(0), timedelta(seconds=2), timedelta(seconds=4)),
    # It holds all looks, as the real one of a minute does
    write_window=timedelta(seconds=5),
    clear_window=timedelta(seconds=5),
    # Longer than the driver itself takes for a lock that is dead, which is 3 s
    job_timeout=timedelta(seconds=6),
    empty_read_max_age=timedelta(seconds=5),
    form_timeout=Timing().form_timeout,
    restore_interval=Timing().restore_interval,
    verification_period=Timing().verification_period,
    # What a fault costs is counted without the second read that each new code has
    reread_delay=timedelta(days=7),
)
WITH_REAL_WINDOWS: Final = replace(
    TIMING,
    # A driver starts in the seconds that it needs, on a busy machine in twice as many
    write_window=Timing().write_window,
    clear_window=Timing().clear_window,
)


@dataclass
class SharedNetwork(BaseSiteDriver[ZWaveNetwork]):
    """The site, and how many trials run on it at the same time."""

    timing: Timing = TIMING
    trials: int = 0
    _arrived: int = 0
    _done: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Put faults between Keyholder and the library."""
        super().__post_init__()
        self.wire = ClientFaults(self.network.entry.runtime_data.client)

    async def together(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do it once, when every trial has come to this; return when it is done."""
        self._arrived += 1
        if self._arrived == self.trials:
            await act()
            self._done.set()
        await self._done.wait()
