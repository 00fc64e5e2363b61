"""One simulated network and one Home Assistant for all tests, in a thread of their own.

Each test has an event loop of its own, and what is left in it when it ends is a fault.
The processes live longer than that, so they belong to a loop that no test owns.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any, Final, Self

from simulators.demo.demo_driver import NODES, DemoDriver
from simulators.demo.demo_site import DemoSite
from simulators.demo.demo_stack import DemoStack
from simulators.home_assistant import Account, StartError
from tests.harness.networks.shared_simulators import replace_if_unhealthy

TIME_SCALE: Final = 0.1
"""A lock that does not store a code is given up after 18 s instead of three minutes."""
GUEST: Final = Account(username="guest", password="guest-password", name="Guest")
"""Somebody who lives here and administers nothing."""

LOGS: Final = {"custom_components.keyholder": "debug", "homeassistant": "debug"}
_CONFIGURATION: Final = """\
lock:
  - platform: group
    name: Nameless doors
    entities: [lock.nowhere]
  - platform: group
    name: All doors
    unique_id: all_doors
    entities: [lock.nowhere]
schedule:
"""
"""Locks that Keyholder cannot manage, and schedules that rules can go by."""
_PATIENCE: Final = 300.0


class SharedInstance:
    """The processes and the thread that they run in."""

    def __init__(self, folder: Path) -> None:
        """Describe it; nothing is started yet."""
        self.processes = self._new_processes(folder)
        self.reported: list[str] = []
        """All that Home Assistant has sent the owner in tests that are over."""
        self.pins: set[str] = set()
        """Every PIN that was ever in use."""
        self.entities: dict[tuple[str, str, str], str] = {}
        """Entities of locks that were looked up before."""
        self._numbers = count(1357, 13)
        self._loop = asyncio.SelectorEventLoop()
        self._thread = Thread(target=self._loop.run_forever, name="stage", daemon=True)

    def __enter__(self) -> Self:
        """Start everything, and set Keyholder up through its flows."""
        self._thread.start()
        # threads that begin during a test are taken for the test's own
        executor = ThreadPoolExecutor(1)
        executor.submit(int).result()
        self._loop.set_default_executor(executor)
        try:
            self._run(self._open())
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self.close()

    def close(self) -> None:
        """End both processes, then the thread: they end with it, whatever happens."""
        try:
            self._run(self.processes.stop())
            self._run(self._loop.shutdown_default_executor())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def new_pin(self) -> str:
        """Return a PIN of six digits that nobody has had."""
        pin = f"90{next(self._numbers):04}"
        self.pins.add(pin)
        return pin

    async def restart(self) -> None:
        """Shut Home Assistant down in good order, and start it again."""
        await self._call(self._restart(kill=False))

    async def kill_and_start(self) -> None:
        """Cut Home Assistant's power, and start it again."""
        await self._call(self._restart(kill=True))

    async def ensure_running(self) -> None:
        """Start again what a test that failed has left ended."""
        await self._restore_network()
        try:
            _ = self.processes.client
        except StartError:
            await self._call(self._start())

    async def _restore_network(self) -> None:
        """Replace the network of locks if it does not answer any more."""
        await self._call(asyncio.to_thread(replace_if_unhealthy, self.processes.zwave))

    def _new_processes(self, folder: Path) -> DemoStack:
        return DemoStack(
            folder,
            time_scale=TIME_SCALE,
            logs=LOGS,
            keep_received=True,
            configuration=_CONFIGURATION,
        )

    async def _open(self) -> None:
        await self.processes.__aenter__()
        demo_site = DemoSite(self.processes.client)
        driver = DemoDriver(self.processes, demo_site)
        await demo_site.add_site("Home")
        for lock in NODES:
            await demo_site.add_lock(await driver.entity_of_lock(lock))
        await self.processes.client.create_user(GUEST)

    async def _restart(self, *, kill: bool) -> None:
        instance = self.processes.home_assistant
        if kill:
            await self._until_locks_are_saved()
        await (instance.kill() if kill else instance.stop())
        await self._start()

    async def _until_locks_are_saved(self) -> None:
        """Wait until a start after a cut finds the locks as they are.

        Home Assistant saves its registry ten seconds after a change. Without it each lock
        would be another one, which is not what these tests are about.
        """
        registry = self.processes.home_assistant.config_folder / ".storage"
        saved = registry / "core.entity_registry"
        ids = [
            each["id"]
            for each in await self.processes.client.entities()
            if each["platform"] == "zwave_js" and each["entity_id"].startswith("lock.")
        ]
        assert len(ids) == len(NODES)
        async with asyncio.timeout(_PATIENCE):
            while not _holds_all(ids, saved):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.1)

    async def _start(self) -> None:
        self._keep_logs()
        await self.processes.start_home_assistant()

    def _keep_logs(self) -> None:
        """Set aside what the next start would write over."""
        instance = self.processes.home_assistant
        kept = instance.config_folder / "kept_logs"
        kept.mkdir(exist_ok=True)
        number = len(list(kept.iterdir()))
        for log in (instance.log_file, instance.config_folder / "console.log"):
            if log.exists():
                log.rename(kept / f"{number}.{log.name}")

    def _run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run in the thread; for who has no event loop."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        return future.result(_PATIENCE)

    async def _call[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run in the thread; for tests."""
        return await asyncio.wrap_future(
            asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        )


def _holds_all(ids: list[str], file: Path) -> bool:
    """Return whether all of these are in a file, if there is one."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return all(each in text for each in ids)
