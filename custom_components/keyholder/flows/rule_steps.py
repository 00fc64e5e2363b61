"""Steps of the person subentry flow for the access rule and the notifications."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
)
import probatio

from ..application.errors import InvalidInputError
from ..application.rules import (
    chosen_entities,
    data_with_rule,
    registry_id,
    validate_condition,
    validate_rule,
)
from ..const import (
    CONF_NOTIFY,
    CONF_ON_DENIED,
    CONF_ON_LOCK,
    CONF_ON_USE,
    CONF_TARGETS,
)
from ..model.access_rules import UNRESTRICTED_RULE, AccessRule, RuleCondition
from ..model.credential import LockId, NotificationChoice
from ..runtime.site.rule_serialization import DENY_ALL_RULE, notification_data
from ..runtime.site.subentries import person_from_subentry
from .removal_steps import RemovalSteps
from .rule_form import (
    condition_schema,
    condition_values,
    rule_schema,
    rule_values,
    shown_entity,
)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSubject:
    """Whose rule is entered: name, locks (None for all), uses so far, and present rule."""

    name: str
    locks: frozenset[LockId] | None
    used: int = 0
    rule: AccessRule = UNRESTRICTED_RULE


class RuleSteps(RemovalSteps):
    """The access rule and notification steps of the person subentry flow.

    The rule has one form. Each entity that is chosen for a condition has one more, which
    offers the states of that entity.
    """

    _menu_options = ("edit", "rule", "notifications", "remove")
    _rule: AccessRule
    _asked: list[str]
    """Entities of the conditions that still have to be entered."""
    _conditions_entered: dict[str, Mapping[str, Any]] | None = None

    def rule_subject(self) -> RuleSubject:
        """Return whose rule is entered."""
        person = person_from_subentry(self.subentry)
        return RuleSubject(
            name=person.name,
            locks=person.locks,
            used=self.site.usage(person.person_id).limited_uses,
            rule=person.rule,
        )

    async def async_store_rule(self, rule: AccessRule) -> SubentryFlowResult:
        """Store the entered rule, and end the flow or go on."""
        subentry = self.subentry
        return self.async_update_and_abort(
            self.site.entry, subentry, data=data_with_rule(subentry.data, rule)
        )

    async def async_step_rule(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show and process the form of the rule.

        A stored rule that cannot be parsed denies everything and is shown empty, with an error.
        """
        subject = self.rule_subject()
        if user_input is None:
            values, err = rule_values(self.hass, subject.rule), None
            if subject.rule == DENY_ALL_RULE:
                values, err = {}, InvalidInputError("rule_not_understood")
            return self.show_rule(values, err)
        try:
            self._rule = validate_rule(self.hass, user_input, subject.rule)
            self._asked = chosen_entities(self.hass, user_input, subject.rule)
        except InvalidInputError as invalid:
            return self.show_rule(user_input, invalid)
        return await self._async_next_condition()

    async def async_step_condition(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show and process the form of the next condition."""
        entity_id, entered = self._asked[0], self._entered_conditions()
        if user_input is None:
            return self._show_condition(entity_id, entered.get(entity_id, {}))
        entered[entity_id] = user_input
        try:
            condition = validate_condition(self.hass, entity_id, user_input)
        except InvalidInputError as err:
            return self._show_condition(entity_id, user_input, err)
        self._add_condition(condition)
        return await self._async_next_condition()

    async def _async_next_condition(self) -> SubentryFlowResult:
        while self._asked:
            stored = registry_id(self.hass, self._asked[0])
            if (missing := self._missing_condition(stored)) is None:
                return await self.async_step_condition()
            # it denies; only taking its entity out takes it away
            self._add_condition(missing)
        return await self.async_store_rule(self._rule)

    def _missing_condition(self, stored: str) -> RuleCondition | None:
        """Return the present condition of an entity that no longer exists."""
        if self.hass.states.get(shown_entity(self.hass, stored)) is not None or (
            shown_entity(self.hass, stored) != stored
        ):
            return None
        conditions = self.rule_subject().rule.conditions
        return next((each for each in conditions if each.entity == stored), None)

    def _add_condition(self, condition: RuleCondition) -> None:
        conditions = (*self._rule.conditions, condition)
        self._rule = replace(self._rule, conditions=conditions)
        del self._asked[0]

    def _entered_conditions(self) -> dict[str, Mapping[str, Any]]:
        """Return what was entered for each entity, at first what is stored."""
        if self._conditions_entered is None:
            self._conditions_entered = {
                shown_entity(self.hass, condition.entity): condition_values(condition)
                for condition in self.rule_subject().rule.conditions
            }
        return self._conditions_entered

    def _show_condition(
        self,
        entity_id: str,
        values: Mapping[str, Any],
        refused: InvalidInputError | None = None,
    ) -> SubentryFlowResult:
        state = self.hass.states.get(entity_id)
        return self.show(
            "condition",
            condition_schema(entity_id),
            values=values,
            refused=refused,
            name=self.rule_subject().name,
            entity=entity_id if state is None else state.name,
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
        self, values: Mapping[str, Any], refused: InvalidInputError | None = None
    ) -> SubentryFlowResult:
        """Show the form of the rule.

        It names the locks where no use can be counted so far.
        """
        subject = self.rule_subject()
        return self.show(
            "rule",
            rule_schema(values),
            values=values,
            refused=refused,
            name=subject.name,
            used=str(subject.used),
            uncounted=", ".join(self.site.uncounted_locks(subject.locks)) or "–",
        )

    def _notification_values(self, choice: NotificationChoice) -> dict[str, Any]:
        return {
            **notification_data(choice),
            CONF_TARGETS: [
                shown_entity(self.hass, target) for target in choice.targets
            ],
        }
