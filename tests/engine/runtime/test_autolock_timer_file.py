"""The stored timers of autolock, in a file that cannot be used."""

from datetime import UTC, datetime, timedelta
import json
import logging
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import get_internal_store_manager
import pytest

from custom_components.keyholder.autolock.store import TimerStore
from custom_components.keyholder.model.autolock import TimerReason
from custom_components.keyholder.model.autolock_timer import TimerEntry
from custom_components.keyholder.runtime.storage.autolock_timers import (
    AutolockTimerFile,
)

KEY = "keyholder.site.autolock"
GOOD: dict[str, Any] = {
    "deadline": "2026-03-02T09:00:00+00:00",
    "duration": 300,
    "reason": "unlocked",
}


def file(hass: HomeAssistant, data: object, version: int = 1) -> Path:
    """Write the file; return its path."""
    path = Path(hass.config.path(".storage", KEY))
    get_internal_store_manager(hass).async_invalidate(KEY)
    stored = {"version": version, "minor_version": 1, "key": KEY, "data": data}
    path.write_text(json.dumps(stored))
    return path


def entry(lock: str) -> TimerEntry:
    """Return a timer of a lock."""
    return TimerEntry(
        lock=lock,
        deadline=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        duration=timedelta(minutes=5),
        reason=TimerReason.UNLOCKED,
    )


@pytest.mark.parametrize(
    ("data", "version", "warning"),
    [
        ({"timers": {"back": GOOD}}, 2, "UnsupportedStorageVersionError"),
        ({"timers": ["secret"]}, 1, "invalid format"),
        (["secret"], 1, "invalid format"),
        ({"timers": {"front": {"deadline": "secret"}}}, 1, "invalid timers: 1"),
        ({"timers": {"front": "secret", "back": GOOD}}, 1, "invalid timers: 1"),
    ],
)
async def test_a_damaged_file_is_named_in_the_log_and_kept(
    hass_on_disk: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    data: object,
    version: int,
    warning: str,
) -> None:
    """It was read as empty without a log line, and then replaced."""
    path = file(hass_on_disk, data, version)
    before = path.read_text()
    store = TimerStore(AutolockTimerFile(hass_on_disk, "site"))
    assert await store.async_read("front") is None

    (logged,) = [each for each in caplog.records if "keyholder" in each.name]
    assert logged.levelname == "WARNING"
    assert KEY in logged.getMessage()
    assert warning in logged.getMessage()
    assert "secret" not in caplog.text

    await store.async_write(entry("side"))
    await store.async_write(entry("front"))
    kept = list(path.parent.glob(f"{KEY}.unusable.*"))
    assert [each.read_text() for each in kept] == [before]
    assert "side" in json.loads(path.read_text())["data"]["timers"]


async def test_a_file_that_can_be_used_is_replaced_without_a_warning(
    hass_on_disk: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    path = file(hass_on_disk, {"timers": {"back": GOOD}})
    store = TimerStore(AutolockTimerFile(hass_on_disk, "site"))
    assert await store.async_read("back") == entry("back")
    await store.async_write(entry("side"))
    assert not list(path.parent.glob(f"{KEY}.unusable.*"))
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]
