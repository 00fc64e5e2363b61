"""The code that a lock wants with its commands: read from Home Assistant's lock entity."""

from homeassistant.components.lock.const import DOMAIN as LOCK_DOMAIN
from homeassistant.const import ATTR_CODE_FORMAT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..logic.lock_code import needs_code
from ..model.credential import LockId

_DEFAULT_CODE = "default_code"
"""The option of a lock entity with the code that Home Assistant sends by itself."""


@callback
def async_needs_code(hass: HomeAssistant, lock: LockId) -> bool:
    """Return whether the lock would refuse a command of ours for lack of a code.

    False while that is not known: a lock that is unavailable does not say it.
    """
    entity = er.async_get(hass).async_get(lock)
    state = None if entity is None else hass.states.get(entity.entity_id)
    if entity is None or state is None:
        return False
    return needs_code(
        state.attributes.get(ATTR_CODE_FORMAT), async_default_code(hass, lock)
    )


@callback
def async_default_code(hass: HomeAssistant, lock: LockId) -> str | None:
    """Return the code that Home Assistant sends with a command without one. A secret."""
    entity = er.async_get(hass).async_get(lock)
    if entity is None:
        return None
    options = entity.options.get(LOCK_DOMAIN)
    code = None if options is None else options.get(_DEFAULT_CODE)
    return code if isinstance(code, str) and code else None
