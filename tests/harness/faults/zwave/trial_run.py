"""Trials on the locks of one network, all at the same time.

How to use it: `manage_locks` gives a `TrialRun` for each trial; `begin` it, then `ask`.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from custom_components.keyholder.model.timing import Timing
from tests.harness.faults.zwave.case import Does, PackedTrials, Trial
from tests.harness.faults.zwave.lock_kinds import CONTROL_LOCK
from tests.harness.faults.zwave.shared_network import (
    TIMING,
    WITH_REAL_WINDOWS,
    SharedNetwork,
)
from tests.harness.faults.zwave.trial_lock import TrialLock
from tests.harness.site.flow_driver import add_lock

_RESTARTS: Final = ("driver restart", "websocket")


def timing_of(packed: PackedTrials) -> Timing:
    """Return the delays of the engine for trials that share a network."""
    anew = any(trial.case.together in _RESTARTS for _, trial in packed)
    return WITH_REAL_WINDOWS if anew else TIMING


@dataclass(frozen=True)
class TrialRun:
    """A trial on its lock."""

    lock: TrialLock
    trial: Trial

    async def begin(self) -> None:
        """Make the lock as the case begins, and count from here."""
        case, lock = self.trial.case, self.lock
        await lock.faults(**case.before)
        if case.does not in (Does.FIRST_CODE, Does.SWITCH_ON):
            await lock.add_person()
            await lock.until(lambda: lock.shown[-1:] == ["in_sync"], "a first code")
            # by then no report is taken for the one that was expected of it
            await asyncio.sleep(lock.site.timing.report_window.total_seconds())
        await lock.start_record()
        await lock.faults(**case.faults)
        if case.prepare is not None:
            await case.prepare(lock)

    async def ask(self) -> None:
        """Do what the case asks for."""
        match self.trial.case.does:
            case Does.FIRST_CODE:
                await self.lock.add_person()
            case Does.SWITCH_ON:
                # the dialog itself would refuse a lock that is full
                await self.lock.add_person(enabled=False)
                await self.lock.switch(on=True)
            case Does.NEW_PIN:
                await self.lock.set_pin()
            case Does.SWITCH_OFF:
                await self.lock.switch(on=False)


async def manage_locks(site: SharedNetwork, packed: PackedTrials) -> list[TrialRun]:
    """Let Keyholder manage a lock for each trial, and the control lock."""
    nodes = [CONTROL_LOCK, *(node for node, _ in packed)]
    await asyncio.gather(*map(site.network.reset, nodes))
    for node in nodes:
        await add_lock(site.hass, site.entry, site.network.lock_entity(node))
    runs: list[TrialRun] = []
    for number, (node, trial) in enumerate(packed):
        first, other = str(907153 + 41 * number), str(941753 + 37 * number)
        lock = TrialLock(site, node, first, other, trial.case.before)
        runs.append(TrialRun(lock, trial))
    site.trials = len(runs)
    return runs
