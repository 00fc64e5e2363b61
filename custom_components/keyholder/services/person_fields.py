"""Schemas of the actions for people, and conversion of their fields."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from homeassistant.const import (
    ATTR_CONFIG_ENTRY_ID,
    CONF_ENABLED,
    CONF_NAME,
    CONF_PIN,
    CONF_UNTIL,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import probatio

from ..application.local_time import parse_local_datetime
from ..application.rules import is_new_end_over
from ..const import (
    CONF_ALL_LOCKS,
    CONF_FROM,
    CONF_LOCKS,
    CONF_PERSON,
    CONF_RETURN_PIN,
    CONF_USES,
    DOMAIN,
)
from ..model.access_rules import AccessRule

_ONE_PERSON: Final = {
    probatio.Required(CONF_PERSON): cv.string,
    probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
}
_WITH_PIN: Final = {
    probatio.Optional(CONF_PIN): object,
    probatio.Optional(CONF_RETURN_PIN, default=False): cv.boolean,
}
_SOME_OR_ALL_LOCKS: Final = {
    probatio.Exclusive(CONF_LOCKS, CONF_LOCKS): cv.entity_ids,
    probatio.Exclusive(CONF_ALL_LOCKS, CONF_LOCKS): True,
}
_LIMITS: Final = {
    probatio.Optional(CONF_FROM): object,
    probatio.Optional(CONF_UNTIL): object,
    probatio.Optional(CONF_USES): object,
}
ADD_PERSON: Final = probatio.Schema(
    {
        probatio.Required(CONF_NAME): cv.string,
        probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        **_SOME_OR_ALL_LOCKS,
        probatio.Optional(CONF_ENABLED, default=True): cv.boolean,
        **_LIMITS,
        **_WITH_PIN,
    }
)
UPDATE_PERSON: Final = probatio.Schema(
    {
        **_ONE_PERSON,
        probatio.Optional(CONF_NAME): cv.string,
        **_SOME_OR_ALL_LOCKS,
        **_LIMITS,
    }
)
REMOVE_PERSON: Final = probatio.Schema(_ONE_PERSON)
SET_ENABLED: Final = probatio.Schema(
    {**_ONE_PERSON, probatio.Required(CONF_ENABLED): cv.boolean}
)
SET_PIN: Final = probatio.Schema({**_ONE_PERSON, **_WITH_PIN})


def validation_error(key: str, **placeholders: str) -> ServiceValidationError:
    """Return a translated ServiceValidationError."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def requested_pin(data: Mapping[str, Any]) -> str | None:
    """Return the given PIN text, None if a PIN is to be generated: without the field.

    Raises ServiceValidationError for anything but text: YAML and templates turn digits
    into numbers, which have lost their leading zeros. Quotes around the digits, which
    prevent that in a template, are removed. An empty field is refused as well: the
    template that was to fill it has failed, and nobody would know the generated PIN.
    """
    given = data.get(CONF_PIN)
    if given is None:
        return None
    if given.content is None:
        raise validation_error("pin_empty")
    if not isinstance(given.content, str):
        raise validation_error("pin_not_text")
    text: str = given.content.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    if not text:
        raise validation_error("pin_empty")
    return text


def rule_with_limits(rule: AccessRule, data: Mapping[str, Any]) -> AccessRule:
    """Return the rule with the given limits; an empty value removes a limit.

    A limit is the start, the end, or the number of uses. Raises ServiceValidationError.
    """
    valid_from, valid_until, use_limit = (
        rule.valid_from,
        rule.valid_until,
        rule.use_limit,
    )
    if CONF_FROM in data:
        valid_from = _moment(data, CONF_FROM, late=False)
    if CONF_UNTIL in data:
        valid_until = _moment(data, CONF_UNTIL, late=True)
    if CONF_USES in data:
        use_limit = _uses(data[CONF_USES])
    try:
        changed = replace(
            rule, valid_from=valid_from, valid_until=valid_until, use_limit=use_limit
        )
    except ValueError:
        raise validation_error("until_before_from") from None
    if is_new_end_over(valid_until, rule):
        raise validation_error("until_past")
    return changed


def _moment(data: Mapping[str, Any], field: str, *, late: bool) -> datetime | None:
    given = data[field]
    if given is None or given == "":
        return None
    try:
        return parse_local_datetime(given, late=late)
    except ValueError:
        raise validation_error("not_a_moment", field=field) from None


def _uses(given: object) -> int | None:
    if given is None or given == "":
        return None
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise validation_error("uses_not_whole")
    try:
        uses = int(given)
    except OverflowError, ValueError:
        raise validation_error("uses_not_whole") from None
    if isinstance(given, float) and given != uses:
        raise validation_error("uses_not_whole")
    if uses < 1:
        raise validation_error("uses_below_one")
    return uses
