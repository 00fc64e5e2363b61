"""Which of the entities that an automation names are meant by it."""

from collections.abc import Collection

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


@callback
def async_filter_own_entities(
    hass: HomeAssistant, entity_ids: Collection[str], keys: Collection[str]
) -> set[str]:
    """Return those of the entities that are Keyholder's and have one of these keys.

    Devices and areas bring entities of every integration; a key is a translation key.
    """
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and entry.translation_key in keys
    }
