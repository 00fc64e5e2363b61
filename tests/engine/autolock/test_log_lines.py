"""Autolock's log lines: each names the lock, none quotes the text of an exception."""

import asyncio
from dataclasses import replace
import logging
from unittest.mock import patch

import pytest

from custom_components.keyholder.autolock.timer import AutolockTimer
from tests.harness.autolock.fake_door import (
    MINUTE,
    RULES,
    AutolockHarness,
    CommandResponse,
    FakeDoor,
    minutes,
)
from tests.harness.autolock.scenario import run_at_door


class NoNight(FakeDoor):
    """A door whose night hours cannot be evaluated."""

    @property
    def night(self) -> bool:
        raise ValueError

    @night.setter
    def night(self, _value: bool) -> None:
        """It stays as it is."""


def test_each_line_names_the_lock(caplog: pytest.LogCaptureFixture) -> None:
    """A line without a name was of no use where there are several locks."""

    async def scenario(there: AutolockHarness) -> None:
        there.unlock()
        await minutes(1.1)
        await there.guard.async_cancel_timer()

    door = NoNight(
        mood=CommandResponse.RAISES, deaf=True, rules=replace(RULES, night=MINUTE)
    )
    door.disk.fails = True
    caplog.set_level(logging.DEBUG, "custom_components.keyholder.autolock")
    run_at_door(scenario, door)
    lines = {
        record.getMessage()
        for record in caplog.records
        if "autolock" in record.name and not record.getMessage().startswith("Traceback")
    }
    assert lines == {
        "Evaluating the night hours of lock.front failed",
        "Storing the autolock timer of lock.front failed with OSError",
        "Deleting the autolock timer of lock.front failed with OSError",
        "The lock command of lock.front failed with HomeAssistantError",
        "Publishing an autolock notice of lock.front failed",
    }


def test_the_line_of_a_cancelled_timer_names_the_lock(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario(there: AutolockHarness) -> None:
        with patch.object(
            AutolockTimer, "_on_fire", side_effect=asyncio.CancelledError
        ):
            there.unlock()
            await minutes(5.1)

    run_at_door(scenario)
    assert "Autolock of lock.front was cancelled by the code it called" in caplog.text
