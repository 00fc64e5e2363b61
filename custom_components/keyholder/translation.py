"""Translated messages for notifications, in Home Assistant's language."""

import re
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN

_PLACEHOLDER: Final = re.compile(r"{(\w+)}")


@callback
def async_translate(hass: HomeAssistant, key: str, **words: str) -> str:
    """Return the message of a key with its placeholders replaced by `words`.

    English is used if the language has no translation. All placeholders are replaced in
    one pass: a name may look like a placeholder.
    """
    texts = async_get_cached_translations(
        hass, hass.config.language, "exceptions", DOMAIN
    )
    text = texts.get(f"component.{DOMAIN}.exceptions.{key}.message", key)
    return _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text)
