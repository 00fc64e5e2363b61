"""What a Home Assistant of a test needs to go on with what an earlier one stored."""

from homeassistant.bootstrap import DATA_REGISTRIES_LOADED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    issue_registry as ir,
    label_registry as lr,
    restore_state as rs,
)
from homeassistant.loader import DATA_CUSTOM_COMPONENTS


async def async_load_registries(hass: HomeAssistant) -> None:
    """Load all registries, of one that was made without them and does not run yet.

    The plugin would load them empty. Keyholder is found afterwards.
    """
    hass.data.pop(DATA_CUSTOM_COMPONENTS)
    dr.async_setup(hass)
    for registry in (ar, cr, dr, er, fr, ir, lr, rs):
        await registry.async_load(hass)
    hass.data[DATA_REGISTRIES_LOADED] = None
    # only now, or the device registry leaves its own timer behind
    hass.set_state(CoreState.running)
