"""Base class of the lock and person subentry flows."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.data_entry_flow import AbortFlow
import probatio

from ..application.errors import InvalidInputError
from ..application.text import storable_values
from ..data import KeyholderConfigEntry
from ..logic.markdown import markdown_placeholders
from ..runtime.site.site import Site


class SiteSubentryFlow(ConfigSubentryFlow):
    """A config subentry flow of a loaded site."""

    @property
    def site(self) -> Site:
        """Return the site. Raises AbortFlow if its entry is not loaded."""
        entry: KeyholderConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("entry_not_loaded")
        return entry.runtime_data.site

    @property
    def subentry(self) -> ConfigSubentry:
        """Return the subentry being reconfigured. Raises AbortFlow if it was removed."""
        try:
            return self.site.entry.subentries[self._reconfigure_subentry_id]
        except KeyError:
            raise AbortFlow("gone") from None

    def show(
        self,
        step_id: str,
        schema: probatio.Schema | None = None,
        *,
        values: Mapping[str, Any] | None = None,
        refused: InvalidInputError | None = None,
        last_step: bool | None = None,
        **placeholders: str,
    ) -> SubentryFlowResult:
        """Show a form with suggested values, and with the error if it is shown again."""
        if schema is not None and values:
            schema = self.add_suggested_values_to_schema(
                schema, storable_values(values)
            )
        if refused is not None:
            placeholders |= refused.placeholders
        return self.async_show_form(
            step_id=step_id,
            data_schema=schema if schema is not None else probatio.Schema({}),
            errors=None if refused is None else refused.errors,
            description_placeholders=markdown_placeholders(placeholders) or None,
            last_step=last_step,
        )
