"""Fire access events of a site on the event bus, for the logbook."""

from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import EVENT_ACCESS
from .data import KeyholderConfigEntry
from .model.access import AccessEvent
from .runtime.site.subentries import locks_from_entry


@callback
def async_forward_events(hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
    """Fire each event of the access log on the bus, except late history."""

    @callback
    def on_access(event: AccessEvent) -> None:
        settings = locks_from_entry(entry).get(event.lock)
        if event.is_historic or settings is None:
            return
        entity = er.async_get(hass).async_get(event.lock)
        digits_of = entry.runtime_data.site.digits_of(event)
        hass.bus.async_fire(
            EVENT_ACCESS,
            {
                "type": event.type.value,
                "lock": settings.name,
                ATTR_ENTITY_ID: None if entity is None else entity.entity_id,
                ATTR_DEVICE_ID: None if entity is None else entity.device_id,
                "person": event.name,
                "method": None if event.method is None else event.method.value,
                "slot": event.slot,
                **({} if event.reason is None else {"reason": event.reason.value}),
                **({} if event.message is None else {"message": event.message}),
                **({} if digits_of is None else {"digits_of": digits_of}),
            },
        )

    entry.async_on_unload(entry.runtime_data.site.access_log.async_listen(on_access))
