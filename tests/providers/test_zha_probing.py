"""What a Zigbee lock can do, by the numbers that zigpy has of it."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from zigpy.zcl.clusters.closures import DoorLock
from zigpy.zcl.clusters.general import Time

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import ScheduleSupport
from custom_components.keyholder.model.provider_io import Capabilities
from custom_components.keyholder.providers.base import (
    InterviewIncompleteError,
    NotSupportedError,
)
from custom_components.keyholder.providers.zha.client import ZhaLockClient
from custom_components.keyholder.providers.zha.credentials import ZhaCredentials

USERS = "num_of_pin_users_supported"
WEEKS = "num_of_week_day_schedules_supported_per_user"
YEARS = "num_of_year_day_schedules_supported_per_user"


async def probe(
    read: Mapping[str, Any],
    failed: Mapping[str, int] | None = None,
    *,
    asks_time: bool = True,
) -> Capabilities:
    """Return what is found on a lock with these attributes."""

    async def read_attributes(
        _names: list[str], *, allow_cache: bool
    ) -> tuple[Mapping[str, Any], Mapping[str, int]]:
        assert allow_cache
        return read, failed or {}

    outputs = {Time.cluster_id: object()} if asks_time else {}
    cluster = SimpleNamespace(
        read_attributes=read_attributes,
        endpoint=SimpleNamespace(out_clusters=outputs),
    )
    return await ZhaCredentials(ZhaLockClient(cast("DoorLock", cluster))).async_probe()


@pytest.mark.parametrize(("users", "slots"), [(2, [1]), (3, [1, 2]), (250, None)])
async def test_all_users_but_the_first_are_slots(
    users: int, slots: list[int] | None
) -> None:
    # the first one is on many locks the code that programs them
    found = (await probe({USERS: users})).slots
    assert list(found) == (slots or list(range(1, 250)))


@pytest.mark.parametrize("users", [0, 1])
async def test_a_lock_without_a_user_beside_the_first_has_no_codes(users: int) -> None:
    with pytest.raises(NotSupportedError):
        await probe({USERS: users})


@pytest.mark.parametrize(
    ("failed", "error"),
    [
        ({USERS: 0x86}, NotSupportedError),
        # not now, or not reported at all
        ({USERS: 0x01}, InterviewIncompleteError),
        ({}, InterviewIncompleteError),
    ],
)
async def test_only_a_lock_that_says_so_has_no_users(
    failed: dict[str, int], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await probe({}, failed)


@pytest.mark.parametrize("users", [None, "ten", [10]])
async def test_a_number_of_users_that_is_none_is_asked_for_again(users: object) -> None:
    with pytest.raises(InterviewIncompleteError):
        await probe({USERS: users})


@pytest.mark.parametrize(
    ("shortest", "longest", "lengths"),
    [
        (None, None, (4, 10)),
        (6, 6, (6, 6)),
        # nobody wants a code of one digit
        (0, 0, (4, 10)),
        (1, 10, (4, 10)),
        (4, 11, (4, 11)),
        (4, 255, (4, 10)),
        # a lock that contradicts itself
        (8, 4, (8, 8)),
        (12, 16, (12, 16)),
    ],
)
async def test_the_length_of_a_code_is_what_the_lock_says_within_reason(
    shortest: int | None, longest: int | None, lengths: tuple[int, int]
) -> None:
    reported = {USERS: 10, "min_pin_len": shortest, "max_pin_len": longest}
    found = await probe(reported)
    assert (found.pin_min_length, found.pin_max_length) == lengths


@pytest.mark.parametrize(
    ("shows", "evidence"),
    [
        (None, Evidence.VALUE),
        (1, Evidence.VALUE),
        (True, Evidence.VALUE),
        (0, Evidence.PRESENCE),
        (False, Evidence.PRESENCE),
    ],
)
async def test_a_lock_that_says_that_it_shows_no_codes_shows_presence(
    shows: int | None, evidence: Evidence
) -> None:
    assert (await probe({USERS: 10, "send_pin_ota": shows})).best_evidence is evidence


@pytest.mark.parametrize(
    ("weeks", "years", "support"),
    [
        (None, None, None),
        (0, 0, None),
        (1, 0, ScheduleSupport(week_days=1, daily=1, trusts_clock=True)),
        (0, 1, ScheduleSupport(year_days=1, trusts_clock=True)),
        (
            32,
            32,
            ScheduleSupport(week_days=32, daily=32, year_days=32, trusts_clock=True),
        ),
        # every entry is read for each code: too many are left alone
        (33, 2, ScheduleSupport(year_days=2, trusts_clock=True)),
        (2, 33, ScheduleSupport(week_days=2, daily=2, trusts_clock=True)),
        (33, 255, None),
    ],
)
async def test_schedules_are_used_where_a_lock_has_them_and_not_too_many(
    weeks: int | None, years: int | None, support: ScheduleSupport | None
) -> None:
    reported = {USERS: 10, WEEKS: weeks, YEARS: years}
    assert (await probe(reported)).schedules == support
    assert (await probe(reported, asks_time=False)).schedules is None
