"""Commands to the Matter server outside Home Assistant: commissioning, node list."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import aiohttp

from .errors import StackError

_SECONDS: Final = 90.0
_POLL_SECONDS: Final = 0.2


async def ask(url: str, command: str, args: Mapping[str, Any] | None = None) -> Any:
    """Return the server's answer to one command.

    Raises:
        StackError: it refused, ended, or said nothing for too long.
    """
    try:
        async with (
            asyncio.timeout(_SECONDS),
            aiohttp.ClientSession() as session,
            session.ws_connect(url, max_msg_size=0) as socket,
        ):
            await socket.receive_json()  # what the server says of itself
            message = {"message_id": "1", "command": command, "args": args or {}}
            await socket.send_json(message)
            while (answer := await socket.receive_json()).get("message_id") != "1":
                pass
    except TimeoutError, TypeError, aiohttp.ClientError:
        raise StackError(f"the Matter server does not answer to {command}") from None
    if "error_code" in answer:
        raise StackError(f"{command}: {answer['error_code']} {answer.get('details')}")
    return answer["result"]


async def wait_for_nodes(url: str) -> bool:
    """Return whether the server has nodes, once all of them can be reached."""
    async with asyncio.timeout(_SECONDS):
        while nodes := await ask(url, "get_nodes"):
            if all(node["available"] for node in nodes):
                return True
            await asyncio.sleep(_POLL_SECONDS)
    return False


async def commission(url: str, pairing_code: str) -> None:
    """Let the server commission a device."""
    await ask(url, "commission_with_code", {"code": pairing_code, "network_only": True})
