"""Home Assistant dies between the use of a code and the disk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast, override
from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, mock_storage

from simulators.zwave.network_process import NetworkProcess
from tests.harness.clock.shifted_clock import ShiftedClock
from tests.harness.networks.zwave import HOME_ID, ZWaveNetwork
from tests.harness.restart.instances import (
    Storage,
    entry_of,
    running_instance,
    subentry,
)
from tests.harness.sampling import sample
from tests.harness.site.door_driver import rule
from tests.harness.site.zwave import PROMPT, ZWaveDoor, ZWavePerson, ZWaveSite
from tests.harness.site.zwave_locks import PIN, PLAIN
from tests.harness.waiting import wait_for

pytestmark = pytest.mark.simulator

ANN: Final = "Ann"


class Disk(dict[str, Any]):
    """What is stored; keeps how it was just before and after the uses were written."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self.cuts: dict[str, Storage] = {}
        self.is_full = False

    @override
    def __setitem__(self, key: str, value: Any) -> None:
        if not key.endswith(".counters"):
            super().__setitem__(key, value)
            return
        # at the first of them: one that is refused is tried again
        self.cuts.setdefault("before", deepcopy(dict(self)))
        if self.is_full:
            raise WriteError("no space left on device")
        super().__setitem__(key, value)
        self.cuts.setdefault("after", deepcopy(dict(self)))

    def become(self, stored: Storage) -> None:
        """Hold this and nothing else."""
        self.clear()
        self.update(stored)


@dataclass
class Restarts:
    """One Home Assistant after the other, on one disk and with the same locks."""

    rig: NetworkProcess
    disk: Disk
    clock: ShiftedClock

    @asynccontextmanager
    async def first(self, limit: int) -> AsyncIterator[ZWaveDoor]:
        """Let Ann have a code that works so many times."""
        async with running_instance(new=True) as hass:
            zwave = MockConfigEntry(
                domain="zwave_js",
                unique_id=str(HOME_ID),
                data={"url": self.rig.websocket_url, "use_addon": False},
                minor_version=2,
            )
            zwave.add_to_hass(hass)
            # an update saves it
            hass.config_entries.async_update_entry(zwave, title="Z-Wave")
            assert await hass.config_entries.async_setup(zwave.entry_id)
            await hass.async_block_till_done()
            site = ZWaveSite(hass, ZWaveNetwork(hass, self.rig, zwave), entry_of(hass))
            await site.manage(PLAIN)
            ann = await site.add(ANN, PIN, PLAIN, rule=rule(use_limit=limit))
            yield site.door(ann, PLAIN)

    @asynccontextmanager
    async def next(self) -> AsyncIterator[ZWaveDoor]:
        """Go on from what is on the disk."""
        async with running_instance() as hass:
            (entry,) = hass.config_entries.async_entries("zwave_js")
            zwave = cast(MockConfigEntry, entry)
            assert await hass.config_entries.async_setup(zwave.entry_id)
            await hass.async_block_till_done()
            site = ZWaveSite(hass, ZWaveNetwork(hass, self.rig, zwave), entry_of(hass))
            yield site.door(ZWavePerson(site, subentry(hass, ANN), PIN), PLAIN)


@pytest.fixture
async def restarts(
    site_rig: NetworkProcess,
    quick_saves: None,
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Restarts]:
    """Homes that store in memory, so that the disk can be cut off at any write."""
    clock = ShiftedClock(asyncio.get_running_loop(), monkeypatch)
    disk = Disk()
    with (
        mock_storage(disk),
        patch("homeassistant.components.zwave_js.PLATFORMS", [Platform.LOCK]),
    ):
        yield Restarts(site_rig, disk, clock)


def uses_left(door: ZWaveDoor) -> int:
    """Return how often the code still works, as it is shown."""
    left: int = door.person.status.attributes["uses_left"]
    return left


async def use(door: ZWaveDoor, clock: ShiftedClock) -> None:
    """Open the door with the code, a minute later; return when it was reported."""
    # sooner it could be an earlier use, reported twice
    await clock.leap(clock.utcnow() + timedelta(minutes=1))
    reported = door.site.events
    before = len(reported)
    assert await door.enter()
    await wait_for(lambda: len(reported) > before)
    assert [(each["type"], each["person"]) for each in reported[before:]] == [
        ("unlocked", ANN)
    ]


CRASHES: Final = [
    (1, "after"),
    (1, "before"),
    (2, "full"),
    (1, "full"),
    (2, "after"),
    (2, "before"),
]
TRIED: Final = sample(CRASHES, 3)


@pytest.mark.parametrize(("limit", "cut"), TRIED)
async def test_a_limited_code_survives_a_crash_between_its_use_and_the_disk(
    restarts: Restarts, limit: int, cut: str
) -> None:
    async with restarts.first(limit) as door:
        await door.until_proven("present")
        assert uses_left(door) == limit
    async with restarts.next() as door:
        await door.until_proven("present")
        # what is sent to the lock after the cut did not happen
        await door.site.network.faults(PLAIN, dropClears=True)
        restarts.disk.is_full = cut == "full"
        restarts.disk.cuts.clear()
        await use(door, restarts.clock)
        assert uses_left(door) == limit - 1
        # later the clear may be stored as well, and is then waited for after the start
        stored = restarts.disk.cuts["before" if cut == "full" else cut]
    restarts.disk.is_full = False
    await asyncio.to_thread(restarts.rig.faults, PLAIN, reset=True)
    restarts.disk.become(stored)

    began = dt_util.utcnow()
    async with restarts.next() as door:
        left = limit - 1 if cut == "after" else limit
        assert uses_left(door) == left
        for remaining in reversed(range(left)):
            await door.until_proven("present")
            assert await door.holds()
            await use(door, restarts.clock)
            assert uses_left(door) == remaining
            began = dt_util.utcnow()
        # counted on disk and not taken off: that is done as soon as it is known
        assert await door.until_empty(since=began) < PROMPT
        # it is proven when a write from before the cut can no longer come
        await restarts.clock.leap(restarts.clock.utcnow() + timedelta(minutes=1))
        await door.until_proven("absent")
        assert door.person.status.state == "used_up"
        assert not await door.enter()
        assert uses_left(door) == 0


async def test_a_used_up_code_is_not_written_back_when_the_counters_are_gone(
    restarts: Restarts,
) -> None:
    """Clause 16.20: Home Assistant moves a file away that is no JSON; then there is none."""
    async with restarts.first(1) as door:
        await door.until_proven("present")
        await use(door, restarts.clock)
        await door.until_proven("absent")
        await door.site.operations(PLAIN)
    (counters,) = (key for key in restarts.disk if key.endswith(".counters"))
    del restarts.disk[counters]

    for _ in range(2):
        async with restarts.next() as door:
            await door.until_proven("absent")
            assert door.person.status.state == "used_up"
            assert uses_left(door) == 0
            assert door.site.issues == {"counters_lost"}
            assert not await door.holds()
    assert "code" not in await door.steps()
