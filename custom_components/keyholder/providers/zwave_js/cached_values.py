"""Read the driver's cached values of a node, without radio commands.

The server does not send clients the values of command classes for which Home Assistant
has no entities, but it returns them on request.
"""

from zwave_js_server.const import CommandClass
from zwave_js_server.model.endpoint import Endpoint

from .client import call


class CachedValues:
    """The cached values of one command class on one endpoint."""

    def __init__(self, endpoint: Endpoint, command_class: CommandClass) -> None:
        """Use the endpoint that supports the command class."""
        self._endpoint = endpoint
        self._command_class = command_class

    async def value(self, name: str) -> object:
        """Return a value, None if the driver has none."""
        return await self._get("get_value", "value", name, None)

    async def updated_at(self, name: str, key: int) -> object:
        """Return when a value was last reported or set, None if never.

        In milliseconds of the driver's clock, to be compared with each other only.
        """
        return await self._get("get_value_timestamp", "timestamp", name, key)

    async def _get(
        self, command: str, field: str, name: str, key: int | None
    ) -> object:
        value_id: dict[str, object] = {
            "commandClass": self._command_class.value,
            "endpoint": self._endpoint.index,
            "property": name,
        }
        if key is not None:
            value_id["propertyKey"] = key
        request = self._endpoint.node.async_send_command(
            command, valueId=value_id, wait_for_result=True
        )
        answer = await call(request)
        return answer.get(field) if answer else None
