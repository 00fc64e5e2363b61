"""What is shown of a slot, second by second, and whether it is true."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
import logging
from types import TracebackType
from typing import Final, Self, override

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)

from custom_components.keyholder.model.slot import DesiredState
from tests.harness.claims import Claim, ClaimChecker, is_true
from tests.harness.clock.virtual_loop import VirtualLoop
from tests.harness.faults.state_recorder import StateRecorder

_OURS: Final = "custom_components.keyholder"


@dataclass
class KnownPins:
    """The PINs that somebody has had, and which of them are right now."""

    pins: list[str]
    right: frozenset[str]

    @classmethod
    def of(cls, pin: str) -> Self:
        """Return somebody's first PIN."""
        return cls([pin], frozenset({pin}))


class SensorRecorder(StateRecorder):
    """What the sensor of a slot shows, from now on."""

    def __init__(
        self,
        hass: HomeAssistant,
        sensor: str,
        live: Callable[[], Mapping[int, str]],
        held: KnownPins,
    ) -> None:
        """Look at a sensor; `live` are the codes that open its lock, by slot."""
        super().__init__()
        self._hass = hass
        self._sensor = sensor
        self._live = live
        self._held = held
        self.note(self.now)
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._on_state)

    @property
    def now(self) -> str:
        """Return what is shown now, with its reason."""
        state = self._state
        text = state.state
        if text == "in_sync" and state.attributes["desired"] == "absent":
            text = "gone"
        reason = state.attributes.get("reason")
        return text if reason is None else f"{text} ({reason})"

    @property
    def claim(self) -> object:
        """Return what is claimed to be proven, and since when; None if nothing is."""
        state = self._state
        if state.state != "in_sync":
            return None
        return state.attributes["desired"], state.attributes["verified_at"]

    @property
    def is_true(self) -> bool:
        """Return whether a claim is what the lock holds."""
        state, live = self._state, self._live()
        desired = DesiredState(state.attributes["desired"])
        here = live.get(state.attributes["slot"])
        # absent: in no other slot either
        looked_at = [here] if desired is DesiredState.PRESENT else live.values()
        return all(
            is_true(desired, code, current=self._held.right, ever=self._held.pins)
            for code in looked_at
        )

    @property
    def _state(self) -> State:
        state = self._hass.states.get(self._sensor)
        assert state is not None
        return state

    @callback
    def _on_state(self, event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] == self._sensor:
            self.note(self.now)


def sensor_claims(recorders: Iterable[SensorRecorder]) -> Iterator[Claim]:
    """Return what sensors claim now."""
    for number, recorder in enumerate(recorders):
        if (claim := recorder.claim) is None:
            yield Claim(None, number, None)
        else:
            text = f"{recorder.now} of slot {number}"
            yield Claim(None, number, claim, recorder.is_true, text)


@contextmanager
def watch_sensors(
    recorders: Collection[SensorRecorder], *, strict: bool
) -> Iterator[ClaimChecker]:
    """Check within the context, whenever time passes on the virtual clock.

    All that can happen at a moment has happened by then: a claim that is not true would
    stand there for somebody to see.
    """
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    checker = ClaimChecker(lambda: sensor_claims(recorders), strict=strict)
    loop.on_jump = checker.check
    try:
        yield checker
    finally:
        loop.on_jump = lambda: None


class PinLeakDetector(logging.Handler):
    """Searches all that Keyholder logs for PINs, within the context."""

    def __init__(self, pins: Collection[str]) -> None:
        """Search for these."""
        super().__init__()
        self._pins = pins
        self.found: list[str] = []

    def __enter__(self) -> Self:
        """Begin."""
        logger = logging.getLogger(_OURS)
        self._level = logger.level
        logger.setLevel(logging.DEBUG)
        logger.addHandler(self)
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """End."""
        logger = logging.getLogger(_OURS)
        logger.removeHandler(self)
        logger.setLevel(self._level)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Look at what was logged; what is kept of it is only where that was."""
        text = self.format(record)
        if any(pin in text for pin in self._pins):
            self.found.append(f"{record.name}:{record.lineno}")
