"""The access log by itself, on virtual time, on a disk that outlives it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import mock_storage

from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.credential import LockId, PersonId
from custom_components.keyholder.model.lock_events import Method
from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.runtime.access.access_log import AccessLog
from custom_components.keyholder.runtime.storage.use_counters import UseCounters
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.instances.ha_instances import running_home_assistant

ANN = "person-Ann"
LOCKED, UNLOCKED = AccessType.LOCKED, AccessType.UNLOCKED

type Scenario = Callable[[AccessLogHarness], Awaitable[None]]


class AccessLogHarness:
    """The log of one run: what it receives, and what it publishes."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.counters = UseCounters(hass, "entry")
        self.judged: list[PersonId] = []
        self.published: list[AccessEvent] = []
        self.judging_fails = False
        self.log = AccessLog(hass, self.counters, Timing(), self._judge)
        self.log.async_listen(self.published.append)

    def report(self, *events: AccessEvent) -> None:
        """Let locks report."""
        for event in events:
            self.log.async_record(event)

    def _judge(self, person: PersonId) -> None:
        self.judged.append(person)
        if self.judging_fails:
            raise RuntimeError

    @property
    def uses(self) -> int:
        """Return how often Ann's code was used."""
        return self.counters.usage(ANN).uses


@asynccontextmanager
async def access_log_harness(
    disk: dict[str, Any] | None = None,
) -> AsyncIterator[AccessLogHarness]:
    """Run a log on what is stored, and stop it in good order."""
    async with running_home_assistant() as hass:
        with mock_storage(disk):
            there = AccessLogHarness(hass)
            await there.counters.async_load()
            yield there
            await there.log.async_close()
            await there.counters.async_close()
            await hass.async_stop(force=True)


def run_with_access_log(scenario: Scenario, disk: dict[str, Any] | None = None) -> None:
    """Let a scenario happen on an empty disk, or on one that is kept."""

    async def happen() -> None:
        async with access_log_harness(disk) as there:
            await scenario(there)

    run_on_virtual_clock(happen())


async def soon() -> None:
    """Let what was reported be published."""
    await asyncio.sleep(0.1)


def moved(
    slot: int | None = None,
    *,
    ago: float = 0,
    kind: AccessType = AccessType.UNLOCKED,
    method: Method = Method.KEYPAD,
    lock: LockId = "front",
) -> AccessEvent:
    """Return what a lock reports so many seconds after it happened; slot 1 is Ann's."""
    is_ann = slot == 1 and method is Method.KEYPAD
    return AccessEvent(
        lock=lock,
        type=kind,
        at=dt_util.utcnow() - timedelta(seconds=ago),
        method=method,
        slot=slot,
        person=ANN if is_ann else None,
        name="Ann" if is_ann else None,
    )
