"""Since when all codes are verified is shown, and moves only with a look at all."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.slot import SlotState
from tests.fakes.provider import Profile
from tests.integration.engine.house import House

from .watched import HOUR, PEOPLE, Watched, move_in, rest, tell


def test_all_codes_are_verified_since_the_oldest_look() -> None:
    async def story(house: House) -> None:
        provider = Watched()
        lock = await move_in(house, provider)
        for _ in range(20):
            await rest(timedelta(minutes=33))
            snapshot = house.snapshot(lock)
            proofs = [view.verified_at for view in snapshot.slots.values()]
            assert snapshot.all_verified_since == min(filter(None, proofs))
            assert dt_util.utcnow() - min(filter(None, proofs)) <= HOUR * PEOPLE / 4 + (
                timedelta(minutes=15)
            )

    tell(story)


def test_a_change_of_one_code_does_not_move_it() -> None:
    async def story(house: House) -> None:
        lock = await move_in(house, Watched(reports_changes=True))
        await rest(timedelta(days=1))
        since = house.snapshot(lock).all_verified_since
        shown: list[datetime | None] = []
        house.site.locks[lock].async_add_listener(
            lambda: shown.append(house.snapshot(lock).all_verified_since)
        )

        await house.set_pin("person-0", "908888")
        await rest(HOUR)

        assert set(shown) == {since}

    tell(story)


def test_verifying_all_codes_moves_it_once() -> None:
    async def story(house: House) -> None:
        lock = await move_in(house, Watched(reports_changes=True))
        await rest(timedelta(days=1))
        shown = [house.snapshot(lock).all_verified_since]
        house.site.locks[lock].async_add_listener(
            lambda: shown.append(house.snapshot(lock).all_verified_since)
        )

        await house.site.locks[lock].async_verify()
        await rest(HOUR)

        assert len(set(shown)) == 2
        assert shown[-1] is not None
        assert shown[-1] > dt_util.utcnow() - 2 * HOUR

    tell(story)


def test_it_is_not_known_while_a_code_is_not_proven() -> None:
    async def story(house: House) -> None:
        provider = Watched(reports_changes=True)
        lock = await move_in(house, provider)
        assert house.snapshot(lock).all_verified_since is not None
        provider.faults.drop_writes = True
        await house.set_pin("person-0", "908888")
        await rest(HOUR)
        assert house.state(lock, "person-0") is SlotState.SUSPENDED
        assert house.snapshot(lock).all_verified_since is None

    tell(story)


def test_a_lock_that_shows_nothing_is_never_called_verified() -> None:
    async def story(house: House) -> None:
        lock = await move_in(house, Watched(Profile.WRITE_ONLY))
        assert house.snapshot(lock).all_verified_since is None

    tell(story)
