"""Home Assistant with Z-Wave JS and Keyholder, on a street of simulated locks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.timing import Timing
from tests.engine.faults.zwave.trial_packing import PackedTrials
from tests.harness.faults.zwave.case import Trial
from tests.harness.faults.zwave.client_faults import ClientFaults
from tests.harness.faults.zwave.lock_kinds import CONTROL_LOCK
from tests.harness.faults.zwave.trial_lock import TrialLock
from tests.harness.networks.zwave import ZWaveNetwork
from tests.harness.site.flow_driver import add_lock

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
)
WITH_REAL_WINDOWS: Final = replace(
    TIMING,
    # A driver starts in the seconds that it needs, on a busy machine in twice as many
    write_window=Timing().write_window,
    clear_window=Timing().clear_window,
)

_RESTARTS: Final = ("driver restart", "websocket")


def timing_in(house: PackedTrials) -> Timing:
    """Return the delays of the engine in a house."""
    anew = any(trial.case.together in _RESTARTS for _, trial in house)
    return WITH_REAL_WINDOWS if anew else TIMING


@dataclass
class SharedNetwork:
    """The whole house, and one door for each trial."""

    hass: HomeAssistant
    network: ZWaveNetwork
    entry: MockConfigEntry
    timing: Timing
    doors: list[TrialLock] = field(default_factory=list)
    _arrived: int = 0
    _done: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Hold the wire to the library."""
        self.wire = ClientFaults(self.network.entry.runtime_data.client)
        self._access: dict[int, str | None] = {}

    async def move_in(self, trials: Sequence[tuple[int, Trial]]) -> None:
        """Let Keyholder manage a lock for each trial, and the bystander."""
        nodes = [CONTROL_LOCK, *(node for node, _ in trials)]
        await asyncio.gather(*(self.network.reset(node) for node in nodes))
        for node in nodes:
            await add_lock(self.hass, self.entry, self.network.lock_entity(node))
        for number, (node, trial) in enumerate(trials):
            first, other = 907153 + 41 * number, 941753 + 37 * number
            self.doors.append(TrialLock(self, trial, node, str(first), str(other)))

    def access_sensor(self, door: TrialLock) -> str | None:
        """Return the event entity of a lock."""
        if self._access.get(door.node) is None:
            self._access[door.node] = er.async_get(self.hass).async_get_entity_id(
                "event", DOMAIN, f"{door.lock.id}_access"
            )
        return self._access[door.node]

    async def together(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do it once, when every door has come to this; return when it is done."""
        self._arrived += 1
        if self._arrived == len(self.doors):
            await act()
            self._done.set()
        await self._done.wait()
