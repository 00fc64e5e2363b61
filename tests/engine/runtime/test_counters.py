"""Uses are counted over restarts, each of them once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.model.access import Usage, Use
from custom_components.keyholder.runtime.storage.use_counters import UseCounters

ANN, BOB, EVE = "person-Ann", "person-Bob", "person-Eve"
NOW = datetime(2026, 3, 2, 8, 0, 1, 234567, tzinfo=UTC)
WINDOW = timedelta(seconds=2)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "homeassistant.util.dt.utcnow", lambda: NOW + timedelta(hours=1)
    )


def use(minutes: float = 0, lock: str = "front") -> Use:
    return Use(lock, NOW + timedelta(minutes=minutes))


async def reloaded(hass: HomeAssistant, counters: UseCounters) -> UseCounters:
    await counters.async_close()
    again = UseCounters(hass, "entry")
    loaded = await again.async_load()
    assert (loaded.found, loaded.damaged) == (True, False)
    return again


async def test_uses_come_back(hass: HomeAssistant) -> None:
    counters = UseCounters(hass, "entry")
    counters.async_set_limited({ANN: True, BOB: False})
    await counters.async_count(ANN, use(0))
    await counters.async_count(ANN, use(1, "back"))
    await counters.async_count(BOB, use(2))

    again = await reloaded(hass, counters)
    assert again.usage(ANN) == Usage(
        uses=2,
        limited_uses=2,
        last_used=use(1).at,
        recent_uses=(use(0), use(1, "back")),
    )
    assert again.usage(BOB).limited_uses == 0
    assert again.usage(EVE) == Usage()
    assert again.is_counted(ANN, use(0), WINDOW)
    assert not again.is_counted(BOB, use(0), WINDOW)

    again.async_prune([BOB, EVE])
    assert again.usage(ANN) == Usage()
    assert again.usage(BOB).uses == 1
    await again.async_close()


async def test_a_file_from_before_there_were_limits_is_understood(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    hass_storage["keyholder.entry.counters"] = {
        "version": 1,
        "minor_version": 1,
        "key": "keyholder.entry.counters",
        "data": {"people": {ANN: {"uses": 7, "last_used": NOW.isoformat()}}},
    }
    counters = UseCounters(hass, "entry")
    assert not (await counters.async_load()).damaged
    assert counters.usage(ANN) == Usage(uses=7, last_used=NOW)


async def test_a_limit_counts_from_when_it_is_given(hass: HomeAssistant) -> None:
    counters = UseCounters(hass, "entry")
    counters.async_set_limited({ANN: False})
    for minute in range(50):
        await counters.async_count(ANN, use(minute / 10))
    assert counters.usage(ANN).limited_uses == 0

    counters.async_set_limited({ANN: True})
    await counters.async_count(ANN, use(10))
    again = await reloaded(hass, counters)
    # a raised limit is a limit as well: what was counted stays
    again.async_set_limited({ANN: True, BOB: True})
    await again.async_count(ANN, use(11))
    assert (again.usage(ANN).uses, again.usage(ANN).limited_uses) == (52, 2)

    again.async_set_limited({ANN: False, BOB: True})
    assert again.usage(ANN).limited_uses == 0
    last = await reloaded(hass, again)
    last.async_set_limited({ANN: True})
    assert (last.usage(ANN).uses, last.usage(ANN).limited_uses) == (52, 0)


async def test_until_it_is_said_who_has_a_limit_everybody_may(
    hass: HomeAssistant,
) -> None:
    """Or a use right after a start would be free."""
    counters = UseCounters(hass, "entry")
    for person in (ANN, BOB):
        await counters.async_count(person, use())
    counters.async_set_limited({ANN: True, BOB: False})
    assert counters.usage(ANN).limited_uses == 1
    assert counters.usage(BOB).limited_uses == 0
    await counters.async_close()


async def test_saying_again_who_has_a_limit_writes_nothing(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    counters = UseCounters(hass, "entry")
    counters.async_set_limited({ANN: True})
    await counters.async_count(ANN, use())
    before = hass_storage["keyholder.entry.counters"]
    counters.async_set_limited({ANN: True})
    counters.async_set_limited({ANN: True, BOB: False})
    await counters.async_close()
    assert hass_storage["keyholder.entry.counters"] is before


async def test_who_is_removed_keeps_what_counts_until_they_are_forgotten(
    hass: HomeAssistant,
) -> None:
    """A power cut brought them back, and their one-time code worked once more."""
    counters = UseCounters(hass, "entry")
    counters.async_set_limited({ANN: True})
    await counters.async_count(ANN, use())
    counters.async_set_limited({})

    again = await reloaded(hass, counters)
    again.async_set_limited({ANN: True})
    assert again.usage(ANN).limited_uses == 1
