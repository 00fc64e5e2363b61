"""How a Matter server sends and shows the entries of schedules."""

import pytest

from custom_components.keyholder.providers.base import TemporarilyRefusedError
from custom_components.keyholder.providers.door_lock_schedules import (
    EntryFields,
    ScheduleType,
)
from custom_components.keyholder.providers.matter.schedules import (
    MatterNoEntry,
    decode_entry,
    to_command_fields,
)

WEEKLY = {
    "daysMask": 1,
    "startHour": 8,
    "startMinute": 0,
    "endHour": 9,
    "endMinute": 30,
}


@pytest.mark.parametrize(
    ("kind", "entry", "fields"),
    [
        (ScheduleType.WEEK_DAY, (1, 8, 0, 9, 30), WEEKLY),
        (
            ScheduleType.YEAR_DAY,
            (60, 86400),
            {"localStartTime": 60, "localEndTime": 86400},
        ),
    ],
)
def test_what_is_sent_reads_back_as_the_same(
    kind: ScheduleType, entry: EntryFields, fields: dict[str, int]
) -> None:
    assert to_command_fields(kind, entry) == fields
    assert decode_entry(kind, {"status": 0, **fields}) == entry


def test_an_erased_entry_is_empty_and_nothing_else_is() -> None:
    assert decode_entry(ScheduleType.WEEK_DAY, {"status": 139}) is MatterNoEntry.EMPTY
    assert decode_entry(ScheduleType.WEEK_DAY, {"status": 1}) is MatterNoEntry.MALFORMED
    assert decode_entry(ScheduleType.YEAR_DAY, {"status": 0}) is MatterNoEntry.MALFORMED
    assert decode_entry(
        ScheduleType.YEAR_DAY, {"status": 0, "localStartTime": None}
    ) is (MatterNoEntry.MALFORMED)
    answers: tuple[object, ...] = ({}, None)
    for answer in answers:
        with pytest.raises(TemporarilyRefusedError):
            decode_entry(ScheduleType.WEEK_DAY, answer)
