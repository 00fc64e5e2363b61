"""Send notifications of what codes do, and of denials, to the targets that people chose."""

from collections.abc import Iterator
from datetime import timedelta
import logging
from typing import Any, Final

from homeassistant.components.notify.const import (
    ATTR_MESSAGE,
    ATTR_TITLE,
    DOMAIN as NOTIFY_DOMAIN,
    SERVICE_SEND_MESSAGE,
    NotifyEntityFeature,
)
from homeassistant.components.script.const import DOMAIN as SCRIPT_DOMAIN
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_SUPPORTED_FEATURES,
    CONF_VARIABLES,
    SERVICE_TURN_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.helpers import entity_registry as er

from .data import KeyholderConfigEntry
from .model.access import BOLT_EVENTS, AccessEvent, AccessType
from .model.credential import NotificationChoice, Person
from .runtime.lock.timeouts import CallTimeoutError, async_run_with_timeout
from .translation import async_translate

_LOGGER: Final = logging.getLogger(__name__)

NOTIFY_TIMEOUT: Final = timedelta(seconds=30)
"""Timeout of a call to one target."""

_TEXTS: Final = {
    AccessType.UNLOCKED: "notification_used",
    AccessType.LOCKED: "notification_locked",
    AccessType.DENIED: "notification_denied",
}


class _TargetError(Exception):
    """A target cannot be called; the text says why and may be logged."""


class Notifications:
    """Sends one notification per access event and target of a site.

    A target that is missing, unavailable or fails is logged once until it works again,
    and does not affect the others.
    """

    def __init__(self, hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
        """Initialize; `async_start` subscribes to the access log."""
        self._hass = hass
        self._entry = entry
        self._failing: set[str] = set()

    @callback
    def async_start(self) -> None:
        """Subscribe to the access log until the entry is unloaded."""
        log = self._entry.runtime_data.site.access_log
        self._entry.async_on_unload(log.async_listen(self._on_access))

    @callback
    def _on_access(self, event: AccessEvent) -> None:
        if event.is_historic or not (
            event.is_by_code
            or event.type is AccessType.DENIED
            or (event.digits_of is not None and event.type in BOLT_EVENTS)
        ):
            return
        registry = er.async_get(self._hass)
        # by current entity id: the same target may be stored under two ids
        targets = {
            er.async_resolve_entity_id(registry, target) or target: None
            for person in self._recipients(event)
            for target in person.notify.targets
        }
        for target in targets:
            self._entry.async_create_background_task(
                self._hass,
                self._async_notify(target, event),
                f"keyholder tells {target}",
                eager_start=False,
            )

    def _recipients(self, event: AccessEvent) -> Iterator[Person]:
        """Yield the people whose settings request a notification of this event.

        A denied event without a person goes to everybody assigned to the lock who asked for
        denials. A use of somebody's digits goes where a use by them goes.
        """
        people = self._entry.runtime_data.site.people
        owner = event.person or event.digits_of
        if owner is not None:
            person = people.get(owner)
            if person is not None and _is_requested(event, person.notify):
                yield person
            return
        for person in people.values():
            if person.notify.on_denied and person.is_assigned(event.lock):
                yield person

    async def _async_notify(self, target: str, event: AccessEvent) -> None:
        try:
            await async_run_with_timeout(
                self._async_call(target, event), NOTIFY_TIMEOUT
            )
        except Exception as err:  # noqa: BLE001 - a target may raise anything
            if target not in self._failing:
                self._failing.add(target)
                # of others only the type: their text may quote anything
                is_ours = isinstance(err, _TargetError | CallTimeoutError)
                reason = str(err) if is_ours else type(err).__name__
                _LOGGER.warning("Notification target %s failed: %s", target, reason)
            return
        if target in self._failing:
            self._failing.discard(target)
            _LOGGER.info("Notification target %s works again", target)

    async def _async_call(self, target: str, event: AccessEvent) -> None:
        """Call a target. Raises _TargetError or what the service raises."""
        state = self._hass.states.get(target)
        if state is None:
            raise _TargetError("there is no such entity")
        if state.state == STATE_UNAVAILABLE:
            raise _TargetError("it is unavailable")
        domain = split_entity_id(target)[0]
        if domain == NOTIFY_DOMAIN:
            service = SERVICE_SEND_MESSAGE
            features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0)
            data = self._message(
                event, title=bool(features & NotifyEntityFeature.TITLE)
            )
        elif domain == SCRIPT_DOMAIN:
            # returns when the script has started, not when it ends
            service = SERVICE_TURN_ON
            data = {CONF_VARIABLES: self._variables(event)}
        else:
            raise _TargetError(f"domain {domain} is not supported")
        await self._hass.services.async_call(
            domain, service, {ATTR_ENTITY_ID: target, **data}, blocking=True
        )

    def _message(self, event: AccessEvent, *, title: bool) -> dict[str, Any]:
        lock = self._lock_name(event)
        person = event.name or async_translate(self._hass, "unknown_keypad_user")
        digits_of = self._entry.runtime_data.site.digits_of(event)
        if digits_of is not None:
            person = async_translate(self._hass, "code_with_digits", person=digits_of)
        key = _TEXTS[event.type]
        message = async_translate(self._hass, key, person=person, lock=lock)
        return {ATTR_MESSAGE: message} | ({ATTR_TITLE: lock} if title else {})

    def _variables(self, event: AccessEvent) -> dict[str, Any]:
        entity = er.async_get(self._hass).async_get(event.lock)
        return {
            "type": event.type.value,
            "person": event.name,
            "digits_of": self._entry.runtime_data.site.digits_of(event),
            "lock": self._lock_name(event),
            "lock_entity": None if entity is None else entity.entity_id,
            "method": None if event.method is None else event.method.value,
            "at": event.at.isoformat(),
        }

    def _lock_name(self, event: AccessEvent) -> str:
        lock = self._entry.runtime_data.site.locks.get(event.lock)
        return event.lock if lock is None else lock.name


def _is_requested(event: AccessEvent, choice: NotificationChoice) -> bool:
    """Return whether a person's choice asks for a notification of this event of theirs."""
    match event.type:
        case AccessType.UNLOCKED:
            return choice.on_use
        case AccessType.LOCKED:
            return choice.on_lock
        case _:
            return choice.on_denied
