"""`HomeAssistantInstance`: a real Home Assistant that a script starts, stops and kills."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from simulators.common.processes import free_port, is_free

from .auth import Account
from .client import Client
from .config import has_owner, prepare
from .errors import StartError
from .process import HomeAssistantProcess

OWNER: Final = Account(username="owner", password="keyholder-demo")

_START_SECONDS = 180.0
_STOP_SECONDS = 60.0
_POLL_SECONDS = 0.05


class HomeAssistantInstance:
    """One Home Assistant on 127.0.0.1 with a configuration folder of its own.

    It may be started again after `stop` or `kill`, also on a folder that an earlier
    instance left, and on another port. As a context manager it starts and stops.
    """

    def __init__(
        self,
        config_folder: Path,
        *,
        port: int = 0,
        owner: Account = OWNER,
        logs: Mapping[str, str] | None = None,
        configuration: str = "",
        keep_received: bool = False,
        time_scale: float = 1,
    ) -> None:
        """Describe an instance; nothing is started yet.

        Args:
            config_folder: where it keeps everything.
            port: where it listens; 0 takes a free one at each start.
            owner: the first user.
            logs: log level by logger, beside warnings of all.
            configuration: YAML that is added to configuration.yaml.
            keep_received: whether clients keep all they receive, in `received`.
            time_scale: what Keyholder's waits are multiplied with.
        """
        self.config_folder = config_folder
        self.owner = owner
        self._wanted_port = port
        self._port = port
        self._logs = logs or {}
        self._configuration = configuration
        self._keep_received = keep_received
        self._time_scale = time_scale
        self._process: HomeAssistantProcess | None = None
        self._client: Client | None = None

    @property
    def base_url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def log_file(self) -> Path:
        """The log of this run; the last run's ends in .1."""
        return self.config_folder / "home-assistant.log"

    @property
    def pid(self) -> int:
        """The process id."""
        return self._running.pid

    @property
    def client(self) -> Client:
        """The owner, signed in."""
        if self._client is None:
            raise StartError("not started")
        return self._client

    @property
    def _running(self) -> HomeAssistantProcess:
        if self._process is None:
            raise StartError("not started")
        return self._process

    async def start(self) -> Client:
        """Start it and return the owner, signed in, when it has started up.

        Raises:
            StartError: it did not come up; nothing is left running.
        """
        if self._process is not None:
            raise StartError("already started")
        self._port = self._wanted_port or free_port()
        if not is_free(self._port):
            raise StartError(f"port {self._port} is taken")
        is_new = not has_owner(self.config_folder)
        prepare(
            self.config_folder,
            port=self._port,
            logs=self._logs,
            configuration=self._configuration,
        )
        self._process = await HomeAssistantProcess.start(
            self.config_folder, time_scale=self._time_scale
        )
        try:
            await self._process.wait_listening(self._port, _START_SECONDS)
            self._client = await Client.signed_in(
                self.base_url,
                self.owner,
                new=is_new,
                keep_received=self._keep_received,
            )
            async with asyncio.timeout(_START_SECONDS):
                await self._wait_started(self._client)
        except BaseException:
            await self.kill()
            raise
        return self._client

    async def _wait_started(self, client: Client) -> None:
        while (config := await client.rest.get("/api/config"))["state"] != "RUNNING":
            await asyncio.sleep(_POLL_SECONDS)
        if config["recovery_mode"]:
            raise StartError(f"started in recovery mode, see {self.log_file}")
        # Users are saved a second late: a power cut right after the first start would
        # leave an instance that is onboarded and has no owner.
        while not has_owner(self.config_folder):
            await asyncio.sleep(_POLL_SECONDS)

    async def sign_in(self, account: Account) -> Client:
        """Return another user, signed in; the caller closes it."""
        return await Client.signed_in(
            self.base_url, account, keep_received=self._keep_received
        )

    async def wait(self) -> int:
        """Return the exit code when it ends by itself; 100 asks for a restart."""
        return await self._running.wait()

    async def stop(self) -> None:
        """Shut it down."""
        await self._end(kill=False)

    async def kill(self) -> None:
        """Kill it, as a power cut does."""
        await self._end(kill=True)

    async def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        client, self._client = self._client, None
        try:
            if process:
                await (process.kill() if kill else process.stop(_STOP_SECONDS))
        finally:
            if client:
                await client.close()

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Shut it down."""
        await self.stop()
