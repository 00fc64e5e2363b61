"""python-matter-server on a socket that it inherits: chip_server.py FD ARGUMENTS...

Run by the server's own Python, which is not ours.
"""

import importlib
import runpy
import socket
import sys
from typing import Any

from aiohttp import web


def main() -> None:
    """Let the server listen on our socket, then become the server."""
    listening = socket.socket(fileno=int(sys.argv[1]))

    class InheritedSite(web.SockSite):
        """In place of the server's own, which would listen inside the namespace."""

        def __init__(self, runner: Any, **_: object) -> None:
            super().__init__(runner, listening)

    server = importlib.import_module("matter_server.server.server")
    server.MultiHostTCPSite = InheritedSite  # type: ignore[attr-defined]
    sys.argv = ["matter-server", *sys.argv[2:]]
    runpy.run_module("matter_server.server", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
