"""The roll-back of a code whose schedule is not in force."""

from collections.abc import Sequence

import pytest

from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import SlotReading
from custom_components.keyholder.providers.base import (
    LockUnreachableError,
    NotSupportedError,
    ProviderError,
    ScheduleRejectedError,
    ScheduleUnconfirmedError,
    TemporarilyRefusedError,
)
from custom_components.keyholder.providers.rollback import CodeRollback
from tests.harness.providers.codes import PIN

EMPTY = SlotReading.empty()
ENABLED = SlotReading.present(Pin(PIN), enabled=True)
DISABLED = SlotReading.present(Pin(PIN), enabled=False)
MASKED = SlotReading.masked(enabled=None)
NO_ANSWER = SlotReading.unknown()


class Slot:
    """A slot that is read as given; each clear may fail."""

    def __init__(
        self, *readings: SlotReading, clear_error: ProviderError | None = None
    ) -> None:
        self._readings = list(readings)
        self._clear_error = clear_error
        self.calls: list[str] = []

    async def clear(self) -> None:
        self.calls.append("clear")
        if self._clear_error is not None:
            raise self._clear_error

    async def read(self) -> SlotReading:
        self.calls.append("read")
        return self._readings.pop(0)


async def fail(error: ProviderError) -> None:
    raise error


@pytest.mark.parametrize(
    ("readings", "attempts"),
    [
        ([EMPTY], 1),
        ([NO_ANSWER, EMPTY], 2),
        ([ENABLED, EMPTY], 2),
        ([ENABLED, DISABLED], 2),
    ],
)
async def test_a_code_that_is_cleared_or_disabled_is_rolled_back(
    readings: Sequence[SlotReading], attempts: int
) -> None:
    slot = Slot(*readings)
    await CodeRollback(slot.clear, slot.read).async_run()
    assert slot.calls == ["clear", "read"] * attempts


@pytest.mark.parametrize("last", [ENABLED, MASKED, NO_ANSWER])
async def test_a_code_that_may_be_enabled_still_is_an_error(last: SlotReading) -> None:
    slot = Slot(ENABLED, last)
    with pytest.raises(LockUnreachableError):
        await CodeRollback(slot.clear, slot.read).async_run()
    assert slot.calls == ["clear", "read"] * 2


async def test_no_more_is_cleared_than_may_be() -> None:
    slot = Slot(MASKED)
    with pytest.raises(LockUnreachableError):
        await CodeRollback(slot.clear, slot.read, attempts=1).async_run()
    assert slot.calls == ["clear", "read"]


async def test_a_clear_that_the_lock_refuses_for_now_is_tried_again() -> None:
    slot = Slot(ENABLED, EMPTY, clear_error=TemporarilyRefusedError())
    await CodeRollback(slot.clear, slot.read).async_run()
    assert slot.calls == ["clear", "read"] * 2


@pytest.mark.parametrize("error", [ScheduleRejectedError(), TemporarilyRefusedError()])
async def test_a_rejected_step_is_rolled_back_and_raised(error: ProviderError) -> None:
    slot = Slot(EMPTY)
    with pytest.raises(type(error)):
        await CodeRollback(slot.clear, slot.read).async_unless_done(fail(error))
    assert slot.calls == ["clear", "read"]


@pytest.mark.parametrize("error", [LockUnreachableError(), ScheduleUnconfirmedError()])
async def test_a_step_without_an_answer_is_cleared_once_and_raised(
    error: ProviderError,
) -> None:
    slot = Slot(clear_error=LockUnreachableError())
    with pytest.raises(type(error)):
        await CodeRollback(slot.clear, slot.read).async_unless_done(fail(error))
    assert slot.calls == ["clear"]


async def test_any_other_error_is_raised_with_nothing_cleared() -> None:
    slot = Slot()
    with pytest.raises(NotSupportedError):
        await CodeRollback(slot.clear, slot.read).async_unless_done(
            fail(NotSupportedError())
        )
    assert slot.calls == []
