"""Steps of the person subentry flow for the access rule and the notifications."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
)
import probatio

from ..application.errors import InvalidInputError
from ..application.rules import data_with_rule, registry_id, validate_rule
from ..const import (
    CONF_NOTIFY,
    CONF_ON_DENIED,
    CONF_ON_LOCK,
    CONF_ON_USE,
    CONF_TARGETS,
)
from ..model.credential import LockId, NotificationChoice
from ..runtime.site.rule_serialization import DENY_ALL_RULE, notification_data
from ..runtime.site.subentries import person_from_subentry
from .removal_steps import RemovalSteps
from .rule_form import rule_schema, rule_values, shown_entity

_NOTIFICATIONS: Final = probatio.Schema(
    {
        probatio.Required(CONF_ON_USE, default=False): BooleanSelector(),
        probatio.Required(CONF_ON_LOCK, default=False): BooleanSelector(),
        probatio.Required(CONF_ON_DENIED, default=False): BooleanSelector(),
        probatio.Optional(CONF_TARGETS): EntitySelector(
            EntitySelectorConfig(domain=["notify", "script"], multiple=True)
        ),
    }
)


class RuleSteps(RemovalSteps):
    """The access rule and notification steps of the person subentry flow."""

    _menu_options = ("edit", "rule", "notifications", "remove")

    async def async_step_rule(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show and store the access rule of an existing person.

        A stored rule that cannot be parsed denies everything and is shown empty, with an error.
        """
        site, subentry = self.site, self.subentry
        person = person_from_subentry(subentry)
        used = site.usage(person.person_id).limited_uses
        if user_input is None:
            values, err = rule_values(self.hass, person.rule), None
            if person.rule == DENY_ALL_RULE:
                values, err = {}, InvalidInputError("rule_not_understood")
            return self.show_rule(values, person.name, person.locks, used, err)
        try:
            rule = validate_rule(self.hass, user_input, person.rule)
        except InvalidInputError as invalid:
            return self.show_rule(user_input, person.name, person.locks, used, invalid)
        return self.async_update_and_abort(
            site.entry, subentry, data=data_with_rule(subentry.data, rule)
        )

    async def async_step_notifications(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show and store the notification settings of the person."""
        site, subentry = self.site, self.subentry
        if user_input is None:
            values = self._notification_values(person_from_subentry(subentry).notify)
            return self.show(
                "notifications", _NOTIFICATIONS, values=values, name=self._name
            )
        targets: list[str] = user_input.get(CONF_TARGETS, [])
        choice = NotificationChoice(
            on_use=user_input[CONF_ON_USE],
            on_lock=user_input[CONF_ON_LOCK],
            on_denied=user_input[CONF_ON_DENIED],
            targets=tuple(registry_id(self.hass, target) for target in targets),
        )
        if choice.is_any and not choice.targets:
            return self.show(
                "notifications",
                _NOTIFICATIONS,
                values=user_input,
                refused=InvalidInputError("targets_needed", CONF_TARGETS),
                name=self._name,
            )
        return self.async_update_and_abort(
            site.entry,
            subentry,
            data={**subentry.data, CONF_NOTIFY: notification_data(choice)},
        )

    def show_rule(
        self,
        values: Mapping[str, Any],
        name: str,
        locks: frozenset[LockId] | None,
        used: int = 0,
        refused: InvalidInputError | None = None,
    ) -> SubentryFlowResult:
        """Show the rule form of a person with these locks, None for all.

        `used` is the number of uses counted against the limit. The form names the locks
        where none can be counted so far.
        """
        return self.show(
            "rule",
            rule_schema(values),
            values=values,
            refused=refused,
            name=name,
            used=str(used),
            uncounted=", ".join(self.site.uncounted_locks(locks)) or "–",
        )

    def _notification_values(self, choice: NotificationChoice) -> dict[str, Any]:
        return {
            **notification_data(choice),
            CONF_TARGETS: [
                shown_entity(self.hass, target) for target in choice.targets
            ],
        }
