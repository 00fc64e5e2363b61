"""Repairs: issues that need the user, and their fix flows."""

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant

from .flows import FLOWS


async def async_create_fix_flow(
    _hass: HomeAssistant,
    _issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the fix flow of an issue."""
    assert data is not None
    return FLOWS[str(data["kind"])]()
