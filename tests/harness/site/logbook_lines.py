"""What the logbook shows of what happens at doors."""

from typing import Any

from homeassistant.core import Event, HomeAssistant

from custom_components.keyholder.const import EVENT_ACCESS
from custom_components.keyholder.logbook import async_describe_events


def lines(hass: HomeAssistant) -> list[str]:
    """Begin to note what the logbook shows; return what it will."""
    noted: list[str] = []

    def describe(_domain: str, _kind: str, put: Any) -> None:
        def note(event: Event[Any]) -> None:
            reported = put(event)
            noted.append(f"{reported['name']} {reported['message']}")

        hass.bus.async_listen(EVENT_ACCESS, note)

    async_describe_events(hass, describe)
    return noted
