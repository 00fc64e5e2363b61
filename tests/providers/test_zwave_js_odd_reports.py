"""Z-Wave reports and entries that no lock should send, and that stop nothing."""

from datetime import UTC, datetime

import pytest

from custom_components.keyholder.model.lock_events import (
    Action,
    LockOperated,
    Method,
    SlotChanged,
)
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers.zwave_js.decoder import (
    decode_notification,
)
from custom_components.keyholder.providers.zwave_js.schedule_entries import (
    ScheduleType,
    ZwaveNoEntry,
    decode,
)

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "parameters",
    [
        {"userId": {"type": "Buffer", "data": [0, 256]}},
        {"userId": {"type": "Buffer", "data": [-1]}},
        {"userId": {"type": "Buffer", "data": None}},
        {"userId": {"type": "Buffer", "data": []}},
        {"userId": {"type": "Buffer"}},
        {"userId": {"payload": {"payload": []}}},
        {"type": "Buffer", "data": [0x63, 0x03]},
        {"type": "Buffer", "data": [0x63, 0x03, 300, 1]},
        [1000],
        [-1, 3],
        b"",
        -3,
        "-3",
        3.0,
        object,
    ],
    ids=repr,
)
def test_a_number_that_is_no_user_is_nobodys(parameters: object) -> None:
    slots = range(1, 31)
    used = decode_notification(6, parameters, slots, AT)
    assert used == LockOperated(Action.UNLOCK, Method.KEYPAD, None, AT)
    changed = decode_notification(14, parameters, slots, AT)
    # any slot may be another now, unless it is one that is none of ours
    assert changed in (None, SlotChanged(None, ChangeKind.UNKNOWN))


MOMENTS = {
    "startYear": 28,
    "startMonth": 2,
    "startDay": 29,
    "startHour": 0,
    "startMinute": 0,
    "stopYear": 28,
    "stopMonth": 3,
    "stopDay": 1,
    "stopHour": 0,
    "stopMinute": 1,
}


@pytest.mark.parametrize(
    "changes",
    [
        {"stopYear": 28, "stopMonth": 2, "stopDay": 29, "stopMinute": 0},
        {"stopYear": 27},
        {"startDay": 30},
        {"startMonth": 0},
        {"startHour": 24},
        {"startMinute": 60},
        {"startYear": 10**12},
        {"startYear": -1},
        {"startYear": "28"},
        {"startYear": True},
        {"startYear": None},
        {"startYear": 28.5},
    ],
    ids=str,
)
def test_a_span_that_cannot_be_is_malformed_and_not_free(
    changes: dict[str, object],
) -> None:
    assert decode(ScheduleType.YEAR_DAY, MOMENTS | changes) is ZwaveNoEntry.MALFORMED
    for name in changes:
        missing = {key: value for key, value in MOMENTS.items() if key != name}
        assert decode(ScheduleType.YEAR_DAY, missing) is ZwaveNoEntry.MALFORMED
