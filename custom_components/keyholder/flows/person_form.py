"""Form schemas of a person in the subentry flow."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, override

from homeassistant.const import CONF_ENABLED, CONF_NAME, CONF_PIN
from homeassistant.helpers.selector import (
    BooleanSelector,
    ChooseSelector,
    ChooseSelectorChoiceConfig,
    ChooseSelectorConfig,
    SelectOptionDict,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..const import (
    CHOSEN_LOCKS,
    CONF_CONFIRM_TRIVIAL,
    CONF_GENERATE,
    CONF_LIMIT,
    CONF_LOCKS,
    EVERY_LOCK,
)
from ..runtime.lock.coordinator import LockCoordinator


class _PinSelector(TextSelector):
    """A password field without validation: a validator's error would quote the PIN."""

    @override
    def __call__(self, data: Any) -> Any:
        return data


class _LockSelector(ChooseSelector):
    """Every lock, or some: `EVERY_LOCK` or a list, which is empty if none was chosen yet.

    Home Assistant's selector has no words of ours for that.
    """

    @override
    def __call__(self, data: Any) -> Any:
        if isinstance(data, Mapping) and data.get("active_choice") == CHOSEN_LOCKS:
            data = data.get(CHOSEN_LOCKS) or []
        if data == []:
            return data
        return super().__call__(data)


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
    # Home Assistant validates no choice that is given as a selector object
    choices: dict[str, ChooseSelectorChoiceConfig] = {
        # without a label the frontend would show the value
        EVERY_LOCK: {"selector": {"constant": {"value": EVERY_LOCK, "label": ""}}}
    }
    if options:
        choices[CHOSEN_LOCKS] = {
            "selector": {"select": {"options": options, "multiple": True}}
        }
    selector = _LockSelector(
        ChooseSelectorConfig(choices=choices, translation_key=CONF_LOCKS)
    )
    return {probatio.Required(CONF_LOCKS, default=EVERY_LOCK): selector}


def shown_locks(
    values: Mapping[str, Any], locks: Iterable[LockCoordinator]
) -> dict[str, Any]:
    """Return form values with the locks as the frontend needs them to show the choice.

    Locks that are not offered are left out: the selector would refuse them.
    """
    if (chosen := values.get(CONF_LOCKS, EVERY_LOCK)) == EVERY_LOCK:
        return dict(values)
    offered = {lock.settings.lock for lock in locks}
    return {
        **values,
        CONF_LOCKS: {
            "active_choice": CHOSEN_LOCKS,
            CHOSEN_LOCKS: [lock for lock in chosen if lock in offered],
        },
    }


def without_secrets(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form values that may be shown again: no PIN, no confirmation."""
    return {
        key: value
        for key, value in user_input.items()
        if key not in (CONF_PIN, CONF_CONFIRM_TRIVIAL)
    }
