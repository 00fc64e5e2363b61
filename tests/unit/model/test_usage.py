"""Which uses are known, and what is remembered of them."""

from datetime import UTC, datetime, timedelta

from custom_components.keyholder.model.access import MAX_REMEMBERED_USES, Usage, Use

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
WINDOW = timedelta(seconds=2)


def use(seconds: float, lock: str = "front") -> Use:
    return Use(lock, NOW + timedelta(seconds=seconds))


def used(*uses: Use, now: datetime = NOW, limited: bool = False) -> Usage:
    usage = Usage()
    for each in uses:
        usage = usage.with_use(each, now, limited=limited)
    return usage


def test_uses_are_counted_for_a_limit_only_where_there_is_one() -> None:
    assert used(use(-1)).limited_uses == 0
    both = used(use(-1)).with_use(use(0), NOW, limited=True)
    assert (both.uses, both.limited_uses) == (2, 1)


def test_last_used_is_the_latest_of_all_in_whatever_order_they_come() -> None:
    assert used(use(-9), use(-500), use(-20)).last_used == use(-9).at


def test_after_the_clock_was_set_back_last_used_is_not_still_to_come() -> None:
    """It would have stayed there until that day."""
    usage = used(use(86_400), now=use(86_400).at)
    usage = usage.with_use(use(-1), NOW, limited=False)
    assert usage.last_used == use(-1).at
    assert usage.recent_uses == (use(-1),)


def test_a_use_is_known_by_its_lock_and_about_its_time() -> None:
    usage = used(use(-100))
    assert usage.is_counted(use(-100), WINDOW)
    assert usage.is_counted(use(-101.9), WINDOW)
    assert usage.is_counted(use(-98.1), WINDOW)
    assert not usage.is_counted(use(-102), WINDOW)
    assert not usage.is_counted(use(-100, "back"), WINDOW)


def test_what_is_older_than_all_that_is_remembered_counts_as_known() -> None:
    """Nobody could say whether it was counted and forgotten since."""
    full = used(*(use(-10 * minute) for minute in range(1, MAX_REMEMBERED_USES + 1)))
    oldest = -10 * MAX_REMEMBERED_USES
    assert not full.is_counted(use(oldest + 5), WINDOW)
    assert full.is_counted(use(oldest - 5000), WINDOW)
    assert full.is_counted(use(oldest - 5000, "back"), WINDOW)
    assert not used(use(-1)).is_counted(use(-5000), WINDOW)


def test_only_the_latest_are_remembered_and_none_comes_back() -> None:
    usage = used(
        *(use(10 * number - 9000) for number in range(MAX_REMEMBERED_USES + 1))
    )
    assert usage.uses == MAX_REMEMBERED_USES + 1
    assert len(usage.recent_uses) == MAX_REMEMBERED_USES
    assert usage.recent_uses[0] == use(10 - 9000)
    assert usage.is_counted(use(-9000), WINDOW)
