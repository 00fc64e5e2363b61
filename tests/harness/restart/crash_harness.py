"""A disk and a lock that outlive every Home Assistant, and the instants of power cuts.

How to use it: `power_cuts_of(scenario, profile)` plays a scenario of `crash_scenarios.py`
once and returns all instants; `recover(profile, cut, aftermath)` starts on what is left
and checks the end by `end_state_checks.py`.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, override
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.file import WriteError
from pytest_homeassistant_custom_component.common import mock_storage

from custom_components.keyholder.model.lock_schedule import (
    LockSchedule,
    ScheduleSupport,
)
from custom_components.keyholder.providers.registry import LOADERS
from tests.harness.clock.virtual_loop import VirtualLoop
from tests.harness.engine.engine_harness import PLATFORM
from tests.harness.fakes.provider import Call, FakeProvider, Faults, Held, Profile
from tests.harness.restart.delayed_radio import DelayedRadioLock, InFlight
from tests.harness.restart.instances import FOREIGN, Storage, running_instance


class CrashDisk(dict[str, Any]):
    """What is stored; tells of every change. A full one takes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.on_change: Callable[[], None] = lambda: None
        self.full = False

    @override
    def __setitem__(self, key: str, value: Any) -> None:
        if self.full:
            raise WriteError("no space left on device")
        super().__setitem__(key, value)
        self.on_change()

    def become(self, stored: Storage) -> None:
        """Hold this and nothing else."""
        self.clear()
        self.update(deepcopy(stored))


@dataclass(frozen=True, slots=True)
class PowerCut:
    """One instant, `at` seconds from the start: all that a power cut leaves behind.

    `calls` is what the lock was asked so far, `limits` what it enforces by itself,
    `switches` whether it can switch codes off.
    """

    at: float
    stored: Storage = field(repr=False)
    held: dict[int, Held]
    in_flight: tuple[InFlight, ...]
    faults: Faults
    calls: list[tuple[Call, int | None]]
    limits: dict[int, LockSchedule]
    switches: bool

    def is_like(self, other: PowerCut) -> bool:
        """Return whether the next home finds the same."""
        return (
            self.stored,
            self.held,
            self.in_flight,
            self.faults,
            self.limits,
        ) == (
            other.stored,
            other.held,
            other.in_flight,
            other.faults,
            other.limits,
        )


class CrashHarness:
    """The disk, and the lock that is there now; slot 1 holds somebody else's code."""

    def __init__(
        self,
        profile: Profile,
        schedules: ScheduleSupport | None = None,
        *,
        switches: bool = False,
    ) -> None:
        """Begin with an empty disk; the lock may be able to switch codes off."""
        self.profile = profile
        self.schedules = schedules
        self.switches = switches
        self.disk = CrashDisk()
        self.lock = self._lock()
        self.lock.held[1] = Held(FOREIGN, ours=False)

    @contextmanager
    def live(self) -> Iterator[None]:
        """Let instances store on this disk, and find this lock."""
        with mock_storage(self.disk), patch.dict(LOADERS, {PLATFORM: self._load}):
            yield

    async def _load(self, _hass: HomeAssistant) -> Callable[..., FakeProvider]:
        return lambda *_: self.lock

    async def build(self) -> None:
        """Leave an instance that has had its lock, and Keyholder, for long."""
        async with running_instance(new=True) as hass:
            er.async_get(hass).async_get_or_create(
                "lock", PLATFORM, "front", suggested_object_id="front"
            )

    def become(self, cut: PowerCut) -> None:
        """Go back to that instant."""
        self.disk.become(cut.stored)
        self.switches = cut.switches
        self.lock = self._lock()
        self.lock.held.update(deepcopy(cut.held))
        self.lock.limits.update(cut.limits)
        self.lock.in_flight = cut.in_flight
        self.lock.faults = replace(cut.faults)
        self.lock.calls[:] = cut.calls

    def _lock(self) -> DelayedRadioLock:
        return DelayedRadioLock(
            self.profile,
            slots=9,
            schedules=self.schedules,
            tells_makers=self.switches,
            switches_codes=self.switches,
        )

    @contextmanager
    def watched(self) -> Iterator[list[PowerCut]]:
        """Collect the instants from now on that differ from the one before.

        The state is looked at whenever the event loop has come to an await everywhere,
        and between two awaits with every change of the disk or the lock.
        """
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        cuts: list[PowerCut] = []

        def look() -> None:
            cut = self.now(loop.time())
            if not cuts or not cut.is_like(cuts[-1]):
                cuts.append(replace(cut, held=deepcopy(cut.held)))

        look()
        loop.on_turn = self.disk.on_change = self.lock.on_change = look
        try:
            yield cuts
        finally:
            loop.on_turn = self.disk.on_change = self.lock.on_change = lambda: None

    def now(self, at: float) -> PowerCut:
        """Return the instant that it is."""
        # what is stored is replaced as a whole with every write, never changed
        lock = self.lock
        faults, calls = replace(lock.faults), list(lock.calls)
        return PowerCut(
            at,
            dict(self.disk),
            lock.held,
            lock.in_flight,
            faults,
            calls,
            dict(lock.limits),
            self.switches,
        )
