"""A lock that is down for days is tried rarely, reported once, and found at once."""

import asyncio
from collections.abc import Callable
from itertools import product
import logging
from typing import Any, Final

import pytest

from custom_components.keyholder.model.credential import LockId
from custom_components.keyholder.model.slot import SlotState
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.engine_harness import EngineHarness, our_log
from tests.harness.engine.real_delays import engine_with_real_delays
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.sampling import sample

DAY: Final = 24 * 3600
AT_MOST: Final = 50
"""Radio commands in any 24 hours."""
PEOPLE: Final = 30

type Breaks = Callable[[FakeProvider], None]


def _unreachable(provider: FakeProvider) -> None:
    provider.faults.unreachable = True


def _mute(provider: FakeProvider) -> None:
    provider.faults.silent_reads = True


def _raising(provider: FakeProvider) -> None:
    provider.faults.breaks = KeyError("907153")


def _hanging(provider: FakeProvider) -> None:
    provider.hang(Call.READ, Call.WRITE, Call.CLEAR)


def _mended(provider: FakeProvider) -> None:
    provider.faults.unreachable = provider.faults.silent_reads = False
    provider.faults.breaks = None
    provider.release()


DOWN: Final = [_unreachable, _mute, _raising, _hanging]


class Meter:
    """When the radio was used, in seconds."""

    def __init__(self, provider: FakeProvider) -> None:
        """Read it from now on."""
        self.at: list[float] = []
        loop = asyncio.get_running_loop()
        meter = self

        class Calls(list[Any]):
            def append(self, call: Any) -> None:
                super().append(call)
                if call[0] is not Call.PROBE:
                    meter.at.append(loop.time())

        provider.calls = Calls()

    @property
    def most(self) -> int:
        """Return the most calls in any 24 hours."""
        return max(
            (sum(at <= each < at + DAY for each in self.at) for at in self.at),
            default=0,
        )


async def _people(engine: EngineHarness, lock: LockId, count: int) -> list[str]:
    people = [
        await engine.add_person(str(number), f"90{number:04}")
        for number in range(count)
    ]
    await asyncio.sleep(60)
    for person in people:
        assert engine.state(lock, person) in (SlotState.IN_SYNC, SlotState.ACCEPTED)
    return people


def _watch(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "custom_components.keyholder")
    caplog.clear()


def _lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [line for line in our_log(caplog) if "Front" in line]


@pytest.mark.parametrize(
    ("profile", "down", "change", "count"),
    sample(
        list(
            product(
                (Profile.READABLE, Profile.MASKING),
                DOWN,
                ("new PINs", "revocations", "new people", "nothing"),
                (1, PEOPLE),
            )
        ),
        sampled=12,
    ),
)
def test_an_outage_costs_little_and_ends_at_the_first_probe(
    caplog: pytest.LogCaptureFixture,
    profile: Profile,
    down: Breaks,
    change: str,
    count: int,
) -> None:
    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(profile, slots=80)
            lock = engine.add_lock("Front", provider)
            people = await _people(engine, lock, count)
            await asyncio.sleep(180)
            _watch(caplog)
            meter = Meter(provider)
            down(provider)
            await _do(engine, people, change)
            await asyncio.sleep(5 * DAY)
            assert meter.most <= AT_MOST
            assert meter.at or change == "nothing"
            assert len(_lines(caplog)) == bool(meter.at)

            _mended(provider)
            waits = 2 * engine.timing.unreachable_backoff_cap.total_seconds()
            await asyncio.sleep(waits + PEOPLE * 200)
            assert len(_lines(caplog)) == 2 * bool(meter.at)
            _check(engine, lock, provider, change, count)
            assert not [line for line in our_log(caplog) if "907153" in line]

    run_on_virtual_clock(scenario())


async def _do(engine: EngineHarness, people: list[str], change: str) -> None:
    match change:
        case "new PINs":
            for number, person in enumerate(people):
                await engine.set_pin(person, f"91{number:04}")
        case "revocations":
            for person in people:
                engine.set_enabled(person, False)
        case "new people":
            for number in range(len(people)):
                await engine.add_person(f"new {number}", f"92{number:04}")


def _check(
    engine: EngineHarness, lock: LockId, provider: FakeProvider, change: str, count: int
) -> None:
    """What was wanted while the lock was away is done, and shown."""
    old = {f"90{number:04}" for number in range(count)}
    wanted = {
        "new PINs": {f"91{number:04}" for number in range(count)},
        "revocations": set(),
        "new people": old | {f"92{number:04}" for number in range(count)},
        "nothing": old,
    }[change]
    assert set(provider.codes.values()) == wanted
    assert engine.snapshot(lock).reachable
    assert not engine.snapshot(lock).unassigned
    assert all(
        view.state is SlotState.IN_SYNC for view in engine.snapshot(lock).slots.values()
    )


@pytest.mark.parametrize("down", [_unreachable, _raising, _hanging])
@pytest.mark.parametrize("count", [1, PEOPLE])
def test_a_lock_that_shows_nothing_costs_no_more(
    caplog: pytest.LogCaptureFixture, down: Breaks, count: int
) -> None:
    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(Profile.WRITE_ONLY, slots=80)
            lock = engine.add_lock("Front", provider, slots=(1, 80))
            people = await _people(engine, lock, count)
            await asyncio.sleep(180)
            _watch(caplog)
            meter = Meter(provider)
            down(provider)
            await _do(engine, people, "revocations")
            await asyncio.sleep(5 * DAY)
            assert 0 < meter.most <= AT_MOST
            assert len(_lines(caplog)) == 1
            _mended(provider)
            await asyncio.sleep(4 * 3600)
            assert len(_lines(caplog)) == 2
            assert provider.codes == {}

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize("down", [_unreachable, _mute])
def test_who_reports_back_is_served_at_once(down: Breaks) -> None:
    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(slots=80)
            lock = engine.add_lock("Front", provider)
            (ann,) = await _people(engine, lock, 1)
            down(provider)
            await engine.set_pin(ann, "907154")
            await asyncio.sleep(3 * DAY)
            _mended(provider)
            provider.connect()
            await asyncio.sleep(1)
            assert engine.state(lock, ann) is SlotState.IN_SYNC

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize("down", DOWN)
def test_a_thousand_failures_overflow_nothing(
    caplog: pytest.LogCaptureFixture, down: Breaks
) -> None:
    async def scenario() -> int:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider()
            lock = engine.add_lock("Front", provider)
            (ann,) = await _people(engine, lock, 1)
            _watch(caplog)
            down(provider)
            engine.set_enabled(ann, False)
            meter = Meter(provider)
            for _ in range(9):
                await asyncio.sleep(7 * DAY)
            assert len(meter.at) > 1000
            assert len(_lines(caplog)) == 1
            _mended(provider)
            await asyncio.sleep(3 * 3600)
            assert provider.codes == {}
            assert len(_lines(caplog)) == 2
            return meter.most

    assert run_on_virtual_clock(scenario()) <= AT_MOST


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
def test_one_slot_without_an_answer_keeps_no_other_waiting(profile: Profile) -> None:
    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(profile)
            lock = engine.add_lock("Front", provider)
            ann, bob = await _people(engine, lock, 2)
            provider.faults.silent_slots = {1}
            engine.set_enabled(ann, False)
            await asyncio.sleep(DAY)
            assert engine.state(lock, ann) is not SlotState.IN_SYNC
            await engine.set_pin(bob, "907154")
            await asyncio.sleep(2)
            assert engine.state(lock, bob) is SlotState.IN_SYNC
            assert provider.codes[2] == "907154"

    run_on_virtual_clock(scenario())
