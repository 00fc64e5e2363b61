"""Persistent store of the last known states of access rule inputs."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ...const import DOMAIN
from ...model.access_rules import InputState, RuleCondition, ScheduleSource
from .durable_store import DurableStore, GroupCommit, StoreData
from .serialization import StoredForm
from .stores import STORAGE_VERSION, LoadResult, async_load_store

type RuleInput = RuleCondition | ScheduleSource

_ENCODE: Final = BasicEncoder(dict[str, InputState], default_dialect=StoredForm)
_DECODE: Final = BasicDecoder(dict[str, InputState], default_dialect=StoredForm)


class RuleInputStore:
    """The last known state of each rule input, written soon after it changed.

    If the file is lost no input has a last state: then access is denied until the
    entity has a state.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Create the store of one site; nothing is loaded yet."""
        self._store = DurableStore(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.answers"
        )
        self._commit = GroupCommit(hass, self._store, self._encode)
        self._answers: dict[str, InputState] = {}

    async def async_load(self) -> LoadResult:
        """Load the states from disk."""
        self._answers, loaded = await async_load_store(self._store, _parse)
        return loaded

    def get(self, question: RuleInput) -> InputState:
        """Return the last state of an input; a default InputState if there is none."""
        return self._answers.get(_key(question), InputState())

    @callback
    def async_remember(self, question: RuleInput, answer: InputState) -> None:
        """Store the state of an input."""
        key = _key(question)
        if self._answers.get(key) != answer:
            self._answers[key] = answer
            self._commit.async_schedule()

    @callback
    def async_keep_only(self, questions: Iterable[RuleInput]) -> None:
        """Delete the states of all other inputs."""
        keys = {_key(question) for question in questions}
        if unneeded := self._answers.keys() - keys:
            for key in unneeded:
                del self._answers[key]
            self._commit.async_schedule()

    async def async_flush(self) -> None:
        """Write pending changes to disk."""
        await self._commit.async_flush()

    async def async_close(self) -> None:
        """Write pending changes to disk; store nothing after that."""
        await self._commit.async_close()

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()

    def _encode(self) -> StoreData:
        return {"answers": _ENCODE.encode(self._answers)}


def _parse(data: Mapping[str, Any]) -> dict[str, InputState]:
    return _DECODE.decode(data["answers"])


def _key(question: RuleInput) -> str:
    if isinstance(question, RuleCondition):
        return f"{question.entity}={question.state}"
    return f"{question.entity}~{question.text or ''}"
