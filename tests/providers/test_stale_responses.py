"""Responses that come after their request was given up."""

import pytest

from custom_components.keyholder.providers import stale_responses
from custom_components.keyholder.providers.stale_responses import StaleResponseFilter

WINDOW = 30.0


class Lock:
    """Returns the responses in order; None is no answer within the time for it."""

    def __init__(self, *responses: str | None) -> None:
        self._responses = list(responses)
        self.filter = StaleResponseFilter[int, str | None](
            WINDOW, lambda response: response is None
        )

    async def _respond(self) -> str | None:
        return self._responses.pop(0)

    async def read(self, slot: int = 3) -> str | None:
        return await self.filter.async_read(slot, self._respond)


async def test_as_many_responses_are_dropped_as_are_outstanding() -> None:
    lock = Lock(None, None, "first", "second", "third", "fourth")
    assert [await lock.read() for _ in range(4)] == [None, None, "third", "fourth"]


async def test_what_is_outstanding_of_one_slot_is_not_of_another() -> None:
    lock = Lock(None, "other", "late", "now")
    assert await lock.read(3) is None
    assert await lock.read(4) == "other"
    assert await lock.read(3) == "now"


async def test_no_more_than_two_responses_are_ever_dropped() -> None:
    lock = Lock(*[None] * 5, "first", "second", "third")
    assert [await lock.read() for _ in range(6)] == [*[None] * 5, "third"]


async def test_a_response_is_not_expected_for_longer_than_the_window(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(stale_responses, "monotonic", lambda: now)
    lock = Lock(None, "now")
    assert await lock.read() is None
    now += WINDOW
    assert await lock.read() == "now"


async def test_a_response_that_comes_within_the_window_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(stale_responses, "monotonic", lambda: now)
    lock = Lock(None, "late", "now")
    assert await lock.read() is None
    now += WINDOW - 1
    assert await lock.read() == "now"
