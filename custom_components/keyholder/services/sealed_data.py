"""Register actions so that nothing a caller gives them gets into Home Assistant's log.

Home Assistant logs the data of a call that its schema refuses, and of one that fails. A PIN
may be in any field, as it may be given under a wrong name. So the schema accepts
everything and hides every value, and each action validates its fields itself.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.const import CONF_PIN
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.service import async_register_admin_service
import probatio

from ..const import DOMAIN

type Action = Callable[[ServiceCall], Awaitable[ServiceResponse | None]]
type Schema = Callable[[Any], Any]

_TARGET: Final = "target"
_UNNAMED: Final = "?"


@dataclass(frozen=True, slots=True, repr=False)
class SealedValue:
    """A value that a caller has given; its repr is masked."""

    content: object

    @override
    def __repr__(self) -> str:
        return "••••"


class InvalidFieldError(ServiceValidationError, probatio.Invalid):
    """A field of an action is refused. The text names the field, and never a value.

    It is an error of the schema as well, as it would be if that refused the field: so it
    is answered without being logged, and a script names it as such.
    """

    def __init__(self, action: str, field: str) -> None:
        """Keep the names of the action and of the field."""
        ServiceValidationError.__init__(
            self,
            translation_domain=DOMAIN,
            translation_key="field_invalid",
            translation_placeholders={"action": f"{DOMAIN}.{action}", "field": field},
        )
        probatio.Invalid.__init__(self, "not a valid field", path=[field])


@callback
def async_register_sealed(
    hass: HomeAssistant,
    service: str,
    action: Action,
    schema: Schema,
    *,
    admin: bool = False,
    supports_response: SupportsResponse = SupportsResponse.NONE,
) -> None:
    """Register an action that is called with data which the schema has accepted.

    Raises InvalidFieldError to the caller for a field that it does not accept. The value
    of a PIN stays a `SealedValue`. `admin`: a user must be an administrator.
    """

    async def handle(call: ServiceCall) -> ServiceResponse | None:
        return await action(
            ServiceCall(
                call.hass,
                call.domain,
                call.service,
                _validated(service, call.data, schema),
                call.context,
                call.return_response,
            )
        )

    if admin:
        async_register_admin_service(
            hass,
            DOMAIN,
            service,
            handle,
            schema=_SEALING_SCHEMA,
            supports_response=supports_response,
        )
    else:
        hass.services.async_register(
            DOMAIN,
            service,
            handle,
            schema=_SEALING_SCHEMA,
            supports_response=supports_response,
        )


def _seal(data: Mapping[object, Any]) -> dict[str, SealedValue]:
    return {_field_name(key): SealedValue(value) for key, value in data.items()}


_SEALING_SCHEMA: Final = probatio.Schema(_seal)


def _validated(
    service: str, sealed: Mapping[str, SealedValue], schema: Schema
) -> dict[str, Any]:
    given = {
        key: value if key == CONF_PIN else value.content
        for key, value in sealed.items()
    }
    try:
        accepted: dict[str, Any] = schema(given)
    except probatio.Invalid as err:
        first = err.errors[0] if isinstance(err, probatio.MultipleInvalid) else err
        field = _field_name(first.path[0] if first.path else _TARGET)
    else:
        return accepted
    # outside of the handler: the error of the schema may quote a value
    raise InvalidFieldError(service, field)


def _field_name(key: object) -> str:
    """Return the name of a field, unless it could be a PIN in the wrong place."""
    is_name = isinstance(key, str) and key.replace("_", "").isalpha()
    return str(key) if is_name else _UNNAMED
