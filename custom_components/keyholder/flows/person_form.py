"""Form schemas of a person in the subentry flow."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, override

from homeassistant.const import CONF_ENABLED, CONF_NAME, CONF_PIN
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..const import (
    CONF_ALL_LOCKS,
    CONF_CONFIRM_TRIVIAL,
    CONF_GENERATE,
    CONF_LIMIT,
    CONF_LOCKS,
)
from ..runtime.lock.coordinator import LockCoordinator


class _PinSelector(TextSelector):
    """A password field without validation: a validator's error would quote the PIN."""

    @override
    def __call__(self, data: Any) -> Any:
        return data


_PIN: Final = _PinSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
)

CONFIRM_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_CONFIRM_TRIVIAL, default=False): BooleanSelector(),
        probatio.Optional(CONF_PIN): _PIN,
    }
)


def add_schema(locks: Iterable[LockCoordinator]) -> probatio.Schema:
    """Return the schema for a new person; without a PIN one is generated."""
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): TextSelector(),
            **_lock_fields(locks),
            probatio.Optional(CONF_PIN): _PIN,
            probatio.Required(CONF_LIMIT, default=False): BooleanSelector(),
            probatio.Required(CONF_ENABLED, default=True): BooleanSelector(),
        }
    )


def edit_schema(locks: Iterable[LockCoordinator]) -> probatio.Schema:
    """Return the schema for an existing person; without a PIN the current one stays."""
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): TextSelector(),
            **_lock_fields(locks),
            probatio.Optional(CONF_PIN): _PIN,
            probatio.Required(CONF_GENERATE, default=False): BooleanSelector(),
            probatio.Required(CONF_ENABLED, default=True): BooleanSelector(),
        }
    )


def _lock_fields(locks: Iterable[LockCoordinator]) -> dict[probatio.Marker, Any]:
    options = [
        SelectOptionDict(value=lock.settings.lock, label=lock.settings.name)
        for lock in sorted(locks, key=lambda lock: lock.settings.name.casefold())
    ]
    fields: dict[probatio.Marker, Any] = {
        probatio.Required(CONF_ALL_LOCKS, default=True): BooleanSelector()
    }
    if options:
        fields[probatio.Optional(CONF_LOCKS)] = SelectSelector(
            SelectSelectorConfig(options=options, multiple=True)
        )
    return fields


def without_secrets(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form values that may be shown again: no PIN, no confirmation."""
    return {
        key: value
        for key, value in user_input.items()
        if key not in (CONF_PIN, CONF_CONFIRM_TRIVIAL)
    }
