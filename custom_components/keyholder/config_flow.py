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
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import probatio

from .application.errors import InvalidInputError
from .application.names import validate_name
from .application.text import storable_values
from .const import (
    CONF_CLEAR_CODES_OF,
    CONF_LEFT_CODES,
    DOMAIN,
    SUBENTRY_LOCK,
    SUBENTRY_PERSON,
)
from .flows.lock import LockSubentryFlow
from .flows.person import PersonSubentryFlow
from .logic.markdown import markdown_placeholders
from .model.left_codes import LeftCode
from .removal_notification import code_lines
from .runtime.site.site_removal import async_forget_left_codes, async_left_codes

_SCHEMA = probatio.Schema({probatio.Required(CONF_NAME): TextSelector()})
_LEFT_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_LEFT_CODES, default="clear"): SelectSelector(
            SelectSelectorConfig(
                options=["clear", "leave", "later"],
                mode=SelectSelectorMode.LIST,
                translation_key="left_codes",
            )
        )
    }
)


class KeyholderConfigFlow(ConfigFlow, domain=DOMAIN):
    """Config flow of one site; its locks and people are added as subentries."""

    VERSION = 1
    MINOR_VERSION = 1

    _name: str
    _removed: list[str]
    _left: list[LeftCode]

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
        self._name = name
        self._removed, self._left = await async_left_codes(self.hass)
        if self._left:
            return await self.async_step_left_codes()
        return self.async_create_entry(title=name, data={})

    async def async_step_left_codes(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what becomes of the codes that deleted sites have left on locks."""
        if user_input is None:
            return self.async_show_form(
                step_id="left_codes",
                data_schema=_LEFT_SCHEMA,
                description_placeholders={
                    "codes": "\n".join(code_lines(self.hass, self._left))
                },
                last_step=True,
            )
        match user_input[CONF_LEFT_CODES]:
            case "clear":
                return self.async_create_entry(
                    title=self._name, data={CONF_CLEAR_CODES_OF: self._removed}
                )
            case "leave":
                await async_forget_left_codes(self.hass, self._removed)
        return self.async_create_entry(title=self._name, data={})

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
