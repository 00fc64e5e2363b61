"""The library's way to its server, where it can be made to fail as libraries do."""

import asyncio
from typing import Any

from zwave_js_server.client import Client


class UnheardOfError(Exception):
    """Of a type that nobody knows. Its text holds a code, as such texts do."""


class ClientFaults:
    """Stands between the client library and its websocket, one node at a time."""

    def __init__(self, client: Client) -> None:
        """Take hold of a client."""
        self._send = client.async_send_command
        self._hanging: set[int] = set()
        self._failing: set[int] = set()
        client.async_send_command = self._on_command  # type: ignore[method-assign]

    def hang(self, node: int) -> None:
        """Send commands that change codes, and never return."""
        self._hanging.add(node)

    def fail(self, node: int) -> None:
        """Send commands that change codes, and raise something unheard of."""
        self._failing.add(node)

    def mend(self, node: int) -> None:
        """Be as it should from now on."""
        self._hanging.discard(node)
        self._failing.discard(node)

    async def _on_command(
        self, message: dict[str, Any], require_schema: int | None = None
    ) -> dict[str, Any]:
        node = message.get("nodeId")
        answer: dict[str, Any] = await self._send(message, require_schema)
        if not _changes_codes(message):
            return answer
        if node in self._hanging:
            await asyncio.Event().wait()
        if node in self._failing:
            raise UnheardOfError(f"unexpected {message.get('args')}")
        return answer


def _changes_codes(message: dict[str, Any]) -> bool:
    command = message["command"]
    if command == "endpoint.invoke_cc_api":
        return message["methodName"] in ("set", "clear")
    name = command.removeprefix("endpoint.access_control.")
    return name in ("set_credential", "add_user", "delete_user", "delete_credential")
