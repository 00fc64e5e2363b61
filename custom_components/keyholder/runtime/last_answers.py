"""What the entities of access rules said last: it has to outlive a start."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ..const import DOMAIN
from ..model.access_rules import Condition, InputState, ScheduleSource
from .durable import DurableStore, GroupCommit, Json
from .stores import STORAGE_VERSION, LoadResult, async_load_store

type RuleInput = Condition | ScheduleSource

_ENCODE: Final = BasicEncoder(dict[str, InputState])
_DECODE: Final = BasicDecoder(dict[str, InputState])


class RuleInputStore:
    """The last answer to each question of the rules, on disk soon after it changed.

    A store that is lost means that nothing was ever answered: then nothing is allowed
    until the entity has spoken.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Open the answers of one site; nothing is read yet."""
        self._store = DurableStore(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.answers"
        )
        self._commit = GroupCommit(hass, self._store, self._encode)
        self._answers: dict[str, InputState] = {}

    async def async_load(self) -> LoadResult:
        """Read the answers from disk."""
        self._answers, loaded = await async_load_store(self._store, _parse)
        return loaded

    def get(self, question: RuleInput) -> InputState:
        """Return the last answer to a question; an empty one if there never was one."""
        return self._answers.get(_key(question), InputState())

    @callback
    def remember(self, question: RuleInput, answer: InputState) -> None:
        """Keep an answer."""
        key = _key(question)
        if self._answers.get(key) != answer:
            self._answers[key] = answer
            self._commit.async_schedule()

    @callback
    def keep_only(self, questions: Iterable[RuleInput]) -> None:
        """Forget all other questions."""
        keys = {_key(question) for question in questions}
        if unneeded := self._answers.keys() - keys:
            for key in unneeded:
                del self._answers[key]
            self._commit.async_schedule()

    async def async_flush(self) -> None:
        """Bring what is scheduled to disk."""
        await self._commit.async_flush()

    async def async_close(self) -> None:
        """Bring what is scheduled to disk, and set no timer any more."""
        await self._commit.async_close()

    async def async_remove(self) -> None:
        """Delete the answers."""
        await self._store.async_remove()

    def _encode(self) -> Json:
        return {"answers": _ENCODE.encode(self._answers)}


def _parse(data: Mapping[str, Any]) -> dict[str, InputState]:
    return _DECODE.decode(data["answers"])


def _key(question: RuleInput) -> str:
    if isinstance(question, Condition):
        return f"{question.entity}={question.state}"
    return f"{question.entity}~{question.text or ''}"
