"""`RealStack`: virtual lock and python-matter-server, commissioned with each other."""

import asyncio
from dataclasses import asdict
import json
from pathlib import Path
import shutil
from typing import Final, Self

from simulators.matter.limits import Limits

from .control import VirtualLock
from .errors import StackError, UnavailableError
from .installation import (
    CERTIFICATES,
    LIBRARIES,
    LOCK,
    PYTHON,
    SERVER,
    unavailable_reason,
)
from .namespace import Namespace
from .program import Listener, Program
from .server_commands import commission, wait_for_nodes

_STOP_SECONDS: Final = 20.0


class RealStack:
    """A virtual lock behind python-matter-server, in one folder.

    A second start on a folder finds lock and server as they were. As a context manager
    it starts and stops. To be used in one event loop.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "Virtual Lock",
        port: int = 0,
        limits: Limits | None = None,
        time_zone: str | None = None,
    ) -> None:
        """Describe a stack; nothing is started yet.

        Args:
            folder: where lock and server keep what they know.
            name: what the lock calls itself.
            port: where the server listens; 0 takes a free one, and keeps it.
            limits: what the lock has room for; it has no fingerprints.
            time_zone: of the lock's clock, by default that of this process.
        """
        self._folder = folder.resolve()
        self._name = name
        self._limits = limits or Limits()
        self._zone = {"TZ": time_zone} if time_zone else {}
        self._namespace = Namespace(self._folder)
        self._lock_port = Listener()
        self._server_port = Listener(port)
        self._lock: Program | None = None
        self._server: Program | None = None

    @property
    def url(self) -> str:
        """The server's websocket, for Home Assistant's Matter entry."""
        return f"ws://127.0.0.1:{self._server_port.port}/ws"

    @property
    def lock(self) -> VirtualLock:
        """The lock, for actions at its keypad and faults."""
        return VirtualLock(f"http://127.0.0.1:{self._lock_port.port}")

    async def start(self) -> None:
        """Start both, and let the server commission the lock if it has not yet.

        Raises:
            UnavailableError: this machine cannot run it; the text says why.
            StackError: a part did not come up; nothing is left running.
        """
        if reason := unavailable_reason():
            raise UnavailableError(reason)
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            await self._namespace.start()
            await self.start_server()
            await self.start_lock()
            if not await wait_for_nodes(self.url):
                await commission(self.url, await self.lock.pairing_code())
        except UnavailableError:
            await self.stop()
            raise
        except StackError as err:
            words = [part.last_output() for part in (self._lock, self._server) if part]
            await self.stop()
            raise StackError("\n".join([str(err), *words])) from err
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop both, and the network namespace; may be called again."""
        try:
            await asyncio.gather(self.stop_server(), self._stop_lock())
        finally:
            await self._namespace.stop()

    async def start_lock(self) -> None:
        """Give the lock power; returns when it can be spoken with."""
        listening = self._lock_port.open()
        settings = {
            "storage": str(self._folder / "lock"),
            "control_fd": listening.fileno(),
            "name": self._name,
            "limits": asdict(self._limits),
        }
        self._lock = await Program.start(
            self._namespace,
            self._folder / "lock.log",
            listening,
            *("node", LOCK, json.dumps(settings)),
            environment=self._zone,
        )
        await self.lock.pairing_code()

    async def cut_lock_power(self) -> None:
        """Cut the lock's power. The server does not notice for a while."""
        if self._lock:
            await self._lock.kill()
            self._lock = None

    async def start_server(self) -> None:
        """Start the server, on the port that it had; it answers when it is ready."""
        listening = self._server_port.open()
        storage = self._folder / "server"
        storage.mkdir(exist_ok=True)
        self._server = await Program.start(
            self._namespace,
            self._folder / "server.log",
            listening,
            *(PYTHON, SERVER, str(listening.fileno())),
            *("--storage-path", storage, "--ota-provider-dir", storage / "updates"),
            *("--paa-root-cert-dir", self._fresh_certificates()),
            "--enable-test-net-dcl",
            environment={"LD_LIBRARY_PATH": str(LIBRARIES)},
        )

    async def stop_server(self) -> None:
        """Stop the server."""
        server, self._server = self._server, None
        if server:
            await server.stop(_STOP_SECONDS)

    async def kill_server(self) -> None:
        """Kill the server, as a power cut does."""
        server, self._server = self._server, None
        if server:
            await server.kill()

    async def _stop_lock(self) -> None:
        lock, self._lock = self._lock, None
        if lock:
            await lock.stop(_STOP_SECONDS)

    def _fresh_certificates(self) -> Path:
        """Return a folder that the server takes for one it has just downloaded."""
        folder = self._folder / "certificates"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(CERTIFICATES, folder)
        (folder / ".version").write_text("1")
        return folder

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        await self.stop()
