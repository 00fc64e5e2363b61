"""One Home Assistant with one network for many tests, and as new for each of them.

To set up a network takes far longer than most of the tests that need one.
"""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from threading import Barrier
from typing import Any, Final
from unittest.mock import patch
import warnings

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant, _hass as current
from homeassistant.helpers import entity_registry as er, frame
from homeassistant.helpers.dispatcher import DATA_DISPATCHER
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import INSTANCES

from tests.harness.instances.ha_instances import running_home_assistant
from tests.harness.providers.running_work import running_work
from tests.harness.sampling import FULL
from tests.harness.waiting import wait_for

THREADS: Final = 8
"""More than any test needs at a time."""
END_SECONDS: Final = 10.0
"""For what is under way at the end of a test; on a machine at rest it takes none."""


class ReusedNetwork[N](ABC):
    """A network that one test after the other uses. Between two of them nothing runs."""

    network: N

    @property
    @abstractmethod
    def entry(self) -> ConfigEntry:
        """Return the entry of the integration that the network is reached through."""

    @property
    def place(self) -> object:
        """Return what is used besides, and is another when it was replaced."""
        return None

    @abstractmethod
    def patches(self) -> AbstractContextManager[None]:
        """Return what is patched as long as the network is set up or used."""

    @abstractmethod
    def running(self, hass: HomeAssistant) -> AbstractAsyncContextManager[N]:
        """Return the network, which is there until the context is left."""

    @abstractmethod
    async def settle(self) -> None:
        """Wait until all that was said so far has been handled."""

    @abstractmethod
    async def renew(self) -> None:
        """Make the locks what they were when the network had just been set up."""

    @abstractmethod
    def condition(self) -> dict[str, object]:
        """Return what has to be the same again after `renew`."""


class ReusedInstance[N]:
    """A Home Assistant with a network, for one test after the other."""

    def __init__(self, network: ReusedNetwork[N]) -> None:
        """Make one that is not yet started."""
        self._reused = network
        self._stack = AsyncExitStack()
        self._expected: dict[str, object] = {}
        self.hass: HomeAssistant

    @property
    def network(self) -> N:
        """Return the network."""
        return self._reused.network

    async def start(self) -> None:
        """Set it up, in the loop that the tests are going to run in."""
        with _globals_kept():
            await _start_threads()
            self.hass = await self._stack.enter_async_context(running_home_assistant())
            # The plugin takes what is in there after a test for what it left behind
            INSTANCES.remove(self.hass)
            self._stack.push_async_callback(self._stop_instance)
            try:
                await self._start_network()
            except BaseException:
                await self.stop()
                raise
        self._expected = self._condition()

    async def stop(self) -> None:
        """Unload everything, and stop."""
        with self._current(), self._reused.patches():
            await self._stack.aclose()

    async def renew(self, wanted: ReusedNetwork[Any]) -> str | None:
        """Make it as new for another test; return why it cannot be the one wanted."""
        if self._reused.place is not wanted.place:
            return "what it is connected to was replaced"
        with self._current(), self._reused.patches():
            if self._reused.entry.state is not ConfigEntryState.LOADED:
                return f"the integration is {self._reused.entry.state}"
            try:
                await self._reused.renew()
            except Exception as err:  # noqa: BLE001 - whatever it is: another one is made
                return f"it cannot be made as new: {err!r}"
        found = self._condition()
        changed = {
            name: (expected, found.get(name))
            for name, expected in self._expected.items()
            if found.get(name) != expected
        }
        return f"this is no longer what it was: {changed}" if changed else None

    @asynccontextmanager
    async def used(self) -> AsyncIterator[None]:
        """Let a test use it; it fails where the test leaves something behind."""
        loop = asyncio.get_running_loop()
        errors: list[BaseException | str] = []
        handler = loop.get_exception_handler()

        def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            errors.append(context.get("exception") or context["message"])
            loop.default_exception_handler(context)

        loop.set_exception_handler(handle)
        loop.set_debug(FULL)
        before = running_work()
        try:
            with self._current(), self._reused.patches():
                yield
                await self._reused.settle()
                # What answers the last message ends a moment later
                with suppress(AssertionError):
                    await wait_for(lambda: not running_work() - before, END_SECONDS)
        finally:
            loop.set_exception_handler(handler)
        assert not errors, f"nobody caught {errors}"
        left = running_work() - before
        assert not left, f"the test left behind {left}"

    async def _start_network(self) -> None:
        with self._current(), self._reused.patches(), _without_serial_proxies():
            running = self._reused.running(self.hass)
            self._reused.network = await self._stack.enter_async_context(running)
            await self._reused.renew()

    async def _stop_instance(self) -> None:
        INSTANCES.append(self.hass)
        await self.hass.async_stop(force=True)

    def _condition(self) -> dict[str, object]:
        hass, entry = self.hass, self._reused.entry
        listeners = dict(hass.bus.async_listeners())
        # Whatever wants to be saved later has one
        listeners.pop(EVENT_HOMEASSISTANT_FINAL_WRITE, None)
        entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        return {
            "listeners": listeners,
            "signals": {
                str(signal): len(targets)
                for signal, targets in hass.data.get(DATA_DISPATCHER, {}).items()
                if targets
            },
            "entities": {
                (each.entity_id, each.id, each.disabled_by) for each in entities
            },
            "states": {
                state.entity_id: state.state for state in hass.states.async_all("lock")
            },
            **self._reused.condition(),
        }

    @contextmanager
    def _current(self) -> Iterator[None]:
        """Let this be the Home Assistant of this thread, as it is of one that is alone."""
        with _globals_kept():
            current.hass = frame._hass.hass = self.hass
            if zone := dt_util.get_time_zone(self.hass.config.time_zone):
                dt_util.set_default_time_zone(zone)
            yield


class InstancePool:
    """Those that are running, by name."""

    def __init__(self) -> None:
        """Start with none."""
        self._instances: dict[str, ReusedInstance[Any]] = {}

    async def lend(self, name: str, network: ReusedNetwork[Any]) -> ReusedInstance[Any]:
        """Return the one of this name, as new; this network is for another."""
        reused = self._instances.get(name)
        if reused is not None and (reason := await reused.renew(network)) is not None:
            warnings.warn(f"{name} is set up again: {reason}", stacklevel=2)
            del self._instances[name]
            try:
                await reused.stop()
            except Exception as err:  # noqa: BLE001 - the other one needs nothing of it
                warnings.warn(f"{name} did not end well: {err!r}", stacklevel=2)
            reused = None
        if reused is None:
            reused = ReusedInstance(network)
            await reused.start()
            self._instances[name] = reused
        return reused

    async def stop(self, *names: str) -> None:
        """Stop those of these names that are running; without any name all."""
        for name in names or tuple(self._instances):
            if (reused := self._instances.pop(name, None)) is not None:
                await reused.stop()


@contextmanager
def _globals_kept() -> Iterator[None]:
    """Put back what this thread takes for its Home Assistant, and the time zone."""
    zone = dt_util.get_default_time_zone()
    before, reported = vars(current).copy(), frame._hass.hass
    try:
        yield
    finally:
        dt_util.set_default_time_zone(zone)
        frame._hass.hass = reported
        vars(current).clear()
        vars(current).update(before)


def _without_serial_proxies() -> AbstractContextManager[object]:
    """Leave out a kind of serial port that one Home Assistant of a process can have."""
    return patch(
        "homeassistant.components.usb.register_serialx_transport",
        return_value=lambda _: None,
    )


async def _start_threads() -> None:
    """Start all threads that the loop will have, so that no test is to blame for one."""
    barrier = Barrier(THREADS)
    await asyncio.gather(*(asyncio.to_thread(barrier.wait) for _ in range(THREADS)))
