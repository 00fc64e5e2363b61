"""The length of PINs that a Z-Wave lock takes.

User Code CC has no command that asks a lock for it: the driver gives the lengths of the
specification. Some locks have a configuration parameter for it, which every code has to
follow. User Credential CC reports the lengths.
"""

from typing import Final

from zwave_js_server.const import CommandClass
from zwave_js_server.const.command_class.access_control import UserCredentialType
from zwave_js_server.model.access_control import CredentialCapabilities
from zwave_js_server.model.node import Node
from zwave_js_server.model.value import Value, get_value_id_str

from ...model.pin import LONGEST_PIN, SHORTEST_PIN
from ...model.pin_lengths import PinLengths

_PARAMETERS: Final = {0x003B: 16}
"""The parameter that holds the length of all PINs, by the manufacturer of the lock.

Schlage (Allegion): "User Code PIN Length" of BE468, BE469, JBE109 and JFE109, in the
device database of zwave-js 15.29; it has no such parameter of other manufacturers.
"""
_TYPES: Final = (UserCredentialType.PIN_CODE, UserCredentialType.PASSWORD)
"""A lock with User Code CC has passwords instead where it takes more than digits."""


def lengths_of(capabilities: CredentialCapabilities) -> PinLengths:
    """Return the lengths of PINs that the driver knows of a lock."""
    types = capabilities.supported_credential_types
    known = next((types[each] for each in _TYPES if each in types), None)
    if known is None:
        return PinLengths()
    return PinLengths.reported(known.min_credential_length, known.max_credential_length)


def configured_length(node: Node) -> int | None:
    """Return the length that a parameter of the lock sets for all PINs, in digits."""
    parameter = _PARAMETERS.get(node.manufacturer_id or 0)
    if parameter is None:
        return None
    value = node.values.get(
        get_value_id_str(node, CommandClass.CONFIGURATION, parameter)
    )
    length = None if value is None else value.value
    if not isinstance(length, int) or isinstance(length, bool):
        return None
    return length if SHORTEST_PIN <= length <= LONGEST_PIN else None


def is_configured_length(node: Node, value: Value) -> bool:
    """Return whether a value of a node is that parameter."""
    return (
        value.command_class == CommandClass.CONFIGURATION
        and value.property_ == _PARAMETERS.get(node.manufacturer_id or 0)
    )
