"""Repairs: what waits for a person, and dialogs that really fix it."""

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant

from .flows import FLOWS


async def async_create_fix_flow(
    _hass: HomeAssistant,
    _issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the dialog for an issue."""
    assert data is not None
    return FLOWS[str(data["kind"])]()
