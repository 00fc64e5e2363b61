"""Config flow of a site: set up and rename it, and add its subentries."""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.helpers.selector import TextSelector
import probatio

from .application.errors import InvalidInputError
from .application.names import validate_name
from .application.text import storable_values
from .const import DOMAIN, SUBENTRY_LOCK, SUBENTRY_PERSON
from .flows.lock import LockSubentryFlow
from .flows.person import PersonSubentryFlow
from .logic.markdown import markdown_placeholders

_SCHEMA = probatio.Schema({probatio.Required(CONF_NAME): TextSelector()})


class KeyholderConfigFlow(ConfigFlow, domain=DOMAIN):
    """Config flow of one site; its locks and people are added as subentries."""

    VERSION = 1
    MINOR_VERSION = 1

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the subentry flows for locks and people."""
        return {SUBENTRY_LOCK: LockSubentryFlow, SUBENTRY_PERSON: PersonSubentryFlow}

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Name a new site."""
        if user_input is None:
            return self._form("user", {CONF_NAME: self.hass.config.location_name})
        try:
            name = self._site_name(user_input)
        except InvalidInputError as err:
            return self._form("user", user_input, err)
        return self.async_create_entry(title=name, data={})

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Rename a site."""
        entry = self._get_reconfigure_entry()
        if user_input is None:
            return self._form("reconfigure", {CONF_NAME: entry.title})
        try:
            name = self._site_name(user_input, entry)
        except InvalidInputError as err:
            return self._form("reconfigure", user_input, err)
        return self.async_update_and_abort(entry, title=name)

    def _site_name(
        self, user_input: dict[str, Any], besides: ConfigEntry | None = None
    ) -> str:
        others = self.hass.config_entries.async_entries(DOMAIN)
        return validate_name(
            user_input[CONF_NAME],
            (entry.title for entry in others if entry is not besides),
        )

    def _form(
        self,
        step_id: str,
        values: dict[str, Any],
        err: InvalidInputError | None = None,
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, storable_values(values)
            ),
            errors=None if err is None else err.errors,
            description_placeholders=markdown_placeholders(
                err.placeholders if err else {}
            ),
        )
