"""Filter the target entities of triggers and conditions to Keyholder's own."""

from collections.abc import Collection

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


@callback
def async_filter_own_entities(
    hass: HomeAssistant, entity_ids: Collection[str], keys: Collection[str]
) -> set[str]:
    """Return the Keyholder entities whose translation key is one of these.

    A device or area target includes the entities of every integration.
    """
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and entry.translation_key in keys
    }
