"""The line to a lock: bounded, contained, and reported once."""

from collections.abc import AsyncIterator
from dataclasses import replace
import logging

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.model.lock_schedule import LockSchedule
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.model.slot_events import OutcomeUnknown, Rejected
from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    IncompatibleLibraryError,
    LockUnreachableError,
    NotSupportedError,
    SlotUnavailableError,
    TemporarilyRefusedError,
)
from custom_components.keyholder.runtime.lock.connection import LockConnection
from custom_components.keyholder.runtime.lock.job_queue import JobQueue, Priority
from tests.harness.engine.leak_checks import live_timers
from tests.harness.fakes.provider import Call, FakeProvider
from tests.harness.waiting import wait_for

TIMING = replace(Timing().scaled(0.001), job_timeout=Timing().job_timeout * 0.0005)
TARGET = CodeTarget(Pin("907153"), "Ann")


class Line:
    """A line and all that it said."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.provider = FakeProvider(codes={1: "907153"})
        self.queue = JobQueue("Front", TIMING.command_spacing)
        self.queue.hold()
        self.said: list[str] = []
        self.line = LockConnection(
            hass,
            "Front",
            provider=self.provider,
            queue=self.queue,
            timing=TIMING,
            on_change=lambda: self.said.append("change"),
            on_lost=lambda: self.said.append("lost"),
            on_regained=lambda: self.said.append("regained"),
            on_retry=lambda: self.said.append("retry"),
        )


@pytest.fixture
async def line(hass: HomeAssistant) -> AsyncIterator[Line]:
    line = Line(hass)
    line.line.async_mark_reachable()
    line.said.clear()
    yield line
    line.line.async_close()
    await line.queue.async_close()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.keyholder")
        and record.levelno >= logging.INFO
    ]


async def test_what_the_lock_shows_and_does_comes_through(line: Line) -> None:
    assert await line.line.async_read(1) == SlotReading.present(
        Pin("907153"), enabled=True
    )
    assert await line.line.async_read(2) == SlotReading.empty()
    assert await line.line.async_clear(1) is WriteResult.OPTIMISTIC
    assert await line.line.async_write(2, TARGET) is WriteResult.OPTIMISTIC
    assert line.provider.codes == {2: "907153"}


async def test_a_read_without_a_result_is_none_and_the_lock_is_reachable(
    line: Line,
) -> None:
    line.provider.faults.silent_reads = True
    assert await line.line.async_read(1) is None
    assert line.line.reachable


async def test_one_line_when_the_lock_goes_and_one_when_it_comes_back(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    line.provider.disconnect()
    for _ in range(5):
        assert await line.line.async_read(1) is None
        assert await line.line.async_clear(1) == OutcomeUnknown(counts_as_failure=False)
    line.provider.connect()
    for _ in range(5):
        assert await line.line.async_read(1) is not None

    assert lines(caplog) == [
        "Lock Front is unreachable",
        "Lock Front is reachable",
    ]
    assert line.said.count("change") == 2
    assert line.said.count("regained") == 1


async def test_a_lock_that_refuses_for_now_is_there_and_that_is_no_fault(
    line: Line, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(_slot: int, _target: CodeTarget) -> WriteResult:
        raise TemporarilyRefusedError

    monkeypatch.setattr(line.provider, "async_write", refuse)
    for _ in range(9):
        assert await line.line.async_write(2, TARGET) == OutcomeUnknown(
            counts_as_failure=True
        )

    assert line.line.reachable
    assert line.said == []
    assert lines(caplog) == []


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (LockUnreachableError("no way"), (False, False)),
        (IncompatibleLibraryError("another library"), (False, True)),
        (RuntimeError("907153"), (True, False)),
    ],
    ids=repr,
)
async def test_schedules_that_cannot_be_read_are_unknown_and_stop_nothing(
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    found: tuple[bool, bool],
) -> None:
    async def fail(_slot: int) -> LockSchedule:
        raise error

    monkeypatch.setattr(line.provider, "async_read_schedule", fail)
    assert await line.line.async_read_schedule(1) is None
    assert (line.line.reachable, line.line.incompatible) == found
    assert line.line.can_continue is line.line.reachable
    assert "907153" not in caplog.text


async def test_nobody_waits_for_a_lock_that_was_out_of_reach_already(
    line: Line,
) -> None:
    # only the first silence was reported, so that who asked later waited for the next try
    line.provider.disconnect()
    await line.line.async_read(1)
    await line.line.async_read(1)
    assert line.said.count("lost") == 2


async def test_the_waits_double_up_to_the_cap(
    hass: HomeAssistant, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def note(_hass: HomeAssistant, wait: object, _action: object) -> object:
        waits.append(round(wait / TIMING.unreachable_backoff, 3))  # type: ignore[operator]
        return lambda: None

    monkeypatch.setattr(
        "custom_components.keyholder.runtime.lock.connection.async_call_later", note
    )
    for _ in range(10):
        line.line.async_mark_unreachable()
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]
    line.line.async_mark_reachable()
    line.line.async_mark_unreachable()
    assert waits[-1] == 1


async def test_the_queue_is_held_while_the_lock_is_away_and_goes_on_after(
    hass: HomeAssistant, line: Line
) -> None:
    done: list[str] = []

    async def job() -> None:
        done.append("job")

    line.line.async_mark_unreachable()
    line.queue.submit("a", Priority.WRITE, job)
    await wait_for(lambda: "retry" in line.said)
    assert not done
    assert live_timers(hass) == []

    line.line.async_retry_now()
    await wait_for(lambda: done)


async def test_a_call_that_hangs_frees_the_lock(line: Line) -> None:
    line.provider.hang(Call.READ, Call.WRITE)
    assert await line.line.async_read(1) is None
    assert not line.line.reachable
    line.provider.release()
    line.provider.hang(Call.WRITE)
    assert await line.line.async_write(2, TARGET) == OutcomeUnknown(
        counts_as_failure=False
    )
    line.provider.release()
    assert await line.line.async_read(1) is not None
    assert line.line.reachable


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (LockUnreachableError(), OutcomeUnknown(counts_as_failure=False)),
        (CodeRejectedError(Reason.DUPLICATE), Rejected(Reason.DUPLICATE)),
        (SlotUnavailableError(), Rejected(Reason.SLOT_UNAVAILABLE)),
        (NotSupportedError(), Rejected(Reason.NOT_SUPPORTED)),
        (TemporarilyRefusedError("907153"), OutcomeUnknown(counts_as_failure=True)),
        (IncompatibleLibraryError(), OutcomeUnknown(counts_as_failure=False)),
        (ValueError("907153"), OutcomeUnknown(counts_as_failure=True)),
        (KeyError("907153"), OutcomeUnknown(counts_as_failure=True)),
    ],
)
async def test_every_error_is_an_outcome_and_shows_no_code(
    line: Line, caplog: pytest.LogCaptureFixture, error: Exception, outcome: object
) -> None:
    line.provider.faults.breaks = error
    assert await line.line.async_write(2, TARGET) == outcome
    assert await line.line.async_clear(2) == outcome
    assert await line.line.async_read(2) is None
    assert "907153" not in caplog.text


async def test_an_unknown_fault_is_logged_once_until_all_is_well(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        line.provider.faults.breaks = ValueError("907153")
        for _ in range(5):
            await line.line.async_read(1)
        line.provider.faults.breaks = None
        await line.line.async_read(1)
    assert lines(caplog).count("A read on Front failed with ValueError") == 2
    assert line.line.reachable


async def test_an_incompatible_library_is_logged_once_and_shown(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.provider.faults.breaks = IncompatibleLibraryError("907153")
    for _ in range(3):
        await line.line.async_read(1)
    assert line.line.incompatible
    assert not line.line.reachable
    assert len(lines(caplog)) == 2
    line.provider.faults.breaks = None
    await line.line.async_read(1)
    assert not line.line.incompatible


async def test_an_answer_after_the_end_changes_nothing(
    hass: HomeAssistant, line: Line
) -> None:
    line.line.async_close()
    line.line.async_mark_unreachable()
    assert live_timers(hass) == []
    assert not line.said
