"""Entering the rule of a person, the way a browser does."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentry, SubentryFlowResult
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.site.flow_driver import choose, start_reconfigure, submit

MORNING = {"days": ["mon", "fri"], "start": "8:00", "end": "12:30"}
NIGHT = {"days": ["sat"], "start": "22:00", "end": "06:00"}


def rule(
    *windows: Mapping[str, Any] | None,
    mode: str = "include",
    source: Mapping[str, Any] | None = None,
    conditions: list[str] | None = None,
    **limits: Any,
) -> dict[str, Any]:
    """Return what the browser sends for the form of a rule; `conditions` are entities."""
    return {
        **limits,
        "weekly": {"mode": mode, **({"windows": list(windows)} if windows else {})},
        "source": {"grace": 15, **(source or {})},
        "conditions": {} if conditions is None else {"conditions": conditions},
    }


async def open_rule(
    hass: HomeAssistant, site: MockConfigEntry, person: ConfigSubentry
) -> SubentryFlowResult:
    """Open the form for a rule."""
    return await choose(hass, await start_reconfigure(hass, site, person), "rule")


async def enter(
    hass: HomeAssistant,
    site: MockConfigEntry,
    person: ConfigSubentry,
    values: dict[str, Any],
    *conditions: Mapping[str, Any],
) -> SubentryFlowResult:
    """Fill it in and submit it, and a form for each condition after it."""
    result = await submit(hass, await open_rule(hass, site, person), **values)
    for condition in conditions:
        assert result["step_id"] == "condition", result["errors"]
        result = await submit(hass, result, **condition)
    return result


def is_saved(result: SubentryFlowResult) -> bool:
    """Return whether a dialog has kept what was entered."""
    return result.get("reason") == "reconfigure_successful"
