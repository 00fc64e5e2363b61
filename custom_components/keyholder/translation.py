"""Translated messages for notifications, in Home Assistant's language."""

from collections.abc import Mapping
import re
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN

_PLACEHOLDER: Final = re.compile(r"{(\w+)}")


@callback
def async_translate(hass: HomeAssistant, key: str, **words: str) -> str:
    """Return the message of a key with its placeholders replaced by `words`.

    English is used if the language has no translation.
    """
    return async_translate_error(hass, DOMAIN, key, words) or key


@callback
def async_translate_error(
    hass: HomeAssistant, domain: str, key: str, words: Mapping[str, str]
) -> str | None:
    """Return the message of an exception of any integration, None if it has no text.

    All placeholders are replaced in one pass: a name may look like a placeholder.
    """
    texts = async_get_cached_translations(
        hass, hass.config.language, "exceptions", domain
    )
    text = texts.get(f"component.{domain}.exceptions.{key}.message")
    if text is None:
        return None
    return _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text)
