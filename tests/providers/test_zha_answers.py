"""What answers of a Zigbee lock mean, whatever zigpy makes of the frame that came."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from zigpy.zcl.clusters.closures import DoorLock
from zigpy.zcl.foundation import GENERAL_COMMANDS, GeneralCommand, Status

from custom_components.keyholder.model.lock_events import Action, LockOperated, Method
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import SlotReading
from custom_components.keyholder.providers.door_lock_schedules import ScheduleType
from custom_components.keyholder.providers.zha.decoder import (
    CommandResult,
    clear_result,
    decode_last_operation,
    entry_of,
    is_unsupported,
    kind_of,
    occupancy_of,
    reading_of,
    schedule_result,
    status_result,
    write_result,
)
from tests.harness.providers.codes import PIN, SLOT

Response = DoorLock.ClientCommandDefs
default = GENERAL_COMMANDS[GeneralCommand.Default_Response].schema
shown = Response.get_pin_code_response.schema
status_of = Response.get_user_status_response.schema
type_of = Response.get_user_type_response.schema
week_day = Response.get_week_day_schedule_response.schema
year_day = Response.get_year_day_schedule_response.schema
UNKNOWN, EMPTY = SlotReading.unknown(), SlotReading.empty()
NOT_USABLE = SlotReading.not_usable()

NO_ANSWER: list[object] = [
    None,
    TimeoutError(),
    Status.SUCCESS,
    0,
    "0",
    b"\x00",
    [],
    [0],
    (SLOT, 1, 0, PIN),
    {"status": 0, "user_id": SLOT},
    object(),
    Response.operation_event_notification.schema(),
]
"""What no response of the door lock is: nothing, a failure, a status by itself, others."""

JUDGES: dict[Callable[[object], CommandResult], Callable[..., object]] = {
    write_result: Response.set_pin_code_response.schema,
    clear_result: Response.clear_pin_code_response.schema,
    status_result: Response.set_user_status_response.schema,
    schedule_result: Response.set_week_day_schedule_response.schema,
}
judges = pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.__name__)


@pytest.mark.parametrize("answer", NO_ANSWER, ids=lambda each: type(each).__name__)
def test_what_is_no_answer_says_nothing_about_a_slot(answer: object) -> None:
    assert reading_of(answer, SLOT) == UNKNOWN
    assert occupancy_of(answer, SLOT) == UNKNOWN
    assert kind_of(answer, SLOT) is None
    assert [entry_of(answer, kind, SLOT, 0) for kind in ScheduleType] == [None, None]
    assert not is_unsupported(answer)
    # a command that was sent may have been carried out
    assert {judge(answer) for judge in JUDGES} == {CommandResult.UNKNOWN}


@judges
@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (None, CommandResult.UNKNOWN),
        (0, CommandResult.DONE),
        (1, CommandResult.FAILED),
        (2, CommandResult.FULL),
        (3, CommandResult.DUPLICATE),
        (0x81, CommandResult.FAILED),
        (0xFF, CommandResult.FAILED),
    ],
)
def test_only_the_right_answer_with_a_status_says_what_was_done(
    judge: Callable[[object], CommandResult], status: int | None, verdict: CommandResult
) -> None:
    answer = JUDGES[judge]()
    if status is not None:
        answer.status = status  # type: ignore[attr-defined]
    assert judge(answer) is verdict
    others = {
        each(answer)
        for each in JUDGES
        if each is not judge and JUDGES[each] is not JUDGES[judge]
    }
    assert others == {CommandResult.UNKNOWN}


@judges
@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (None, CommandResult.FAILED),
        (0, CommandResult.FAILED),
        (1, CommandResult.FAILED),
        (0x80, CommandResult.FAILED),
        *((status, CommandResult.UNSUPPORTED) for status in (0x81, 0x82, 0x83, 0x84)),
        (0x85, CommandResult.FAILED),
    ],
)
def test_a_default_response_is_never_success(
    judge: Callable[[object], CommandResult], status: int | None, verdict: CommandResult
) -> None:
    answer = default()
    if status is not None:
        answer.status = status
    assert judge(answer) is verdict
    assert is_unsupported(answer) is (verdict is CommandResult.UNSUPPORTED)
    assert reading_of(answer, SLOT) == occupancy_of(answer, SLOT) == UNKNOWN
    assert kind_of(answer, SLOT) is None
    assert entry_of(answer, ScheduleType.WEEK_DAY, SLOT, 0) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (type_of(), None),
        (type_of(user_id=SLOT), None),
        (type_of(user_type=0), None),
        (type_of(user_id=SLOT + 1, user_type=0), None),
        (type_of(user_id=SLOT, user_type=0), 0),
        (type_of(user_id=SLOT, user_type=1), ScheduleType.YEAR_DAY),
        (type_of(user_id=SLOT, user_type=2), ScheduleType.WEEK_DAY),
        (type_of(user_id=SLOT, user_type=3), 3),
        (type_of(user_id=SLOT, user_type=4), 4),
        # of a user who is not there
        (type_of(user_id=SLOT, user_type=0xFF), 0),
    ],
    ids=str,
)
def test_the_type_of_a_user_is_in_an_answer_about_them(
    answer: object, kind: int | None
) -> None:
    assert kind_of(answer, SLOT) == kind


@pytest.mark.parametrize(
    ("answer", "reading"),
    [
        (shown(), UNKNOWN),
        (shown(user_id=SLOT), UNKNOWN),
        (shown(user_status=0), UNKNOWN),
        (shown(user_id=SLOT + 1, user_status=0, user_type=0), UNKNOWN),
        (shown(user_id=SLOT, user_status=0, user_type=0xFF), EMPTY),
        (shown(user_id=SLOT, user_status=0, user_type=0, code=""), EMPTY),
        # a code of nobody
        (shown(user_id=SLOT, user_status=0, user_type=0, code=PIN), UNKNOWN),
        (
            shown(user_id=SLOT, user_status=1, user_type=0, code=PIN),
            SlotReading.present(Pin(PIN), enabled=True),
        ),
        (
            shown(user_id=SLOT, user_status=3, user_type=0, code=PIN),
            SlotReading.present(Pin(PIN), enabled=False),
        ),
        (shown(user_id=SLOT, user_status=1), SlotReading.masked(enabled=True)),
        (shown(user_id=SLOT, user_status=1, code=""), SlotReading.masked(enabled=True)),
        (
            shown(user_id=SLOT, user_status=3, code="****"),
            SlotReading.masked(enabled=False),
        ),
        (
            shown(user_id=SLOT, user_status=1, code="ÿÿÿÿ"),
            SlotReading.masked(enabled=True),
        ),
        (
            shown(user_id=SLOT, user_status=1, code="٩٠٧١"),
            SlotReading.masked(enabled=True),
        ),
        # statuses of no code: an answer all the same
        (shown(user_id=SLOT, user_status=2, code=PIN), NOT_USABLE),
        (shown(user_id=SLOT, user_status=0xFF, user_type=0xFF, code=""), NOT_USABLE),
    ],
    ids=lambda each: "" if isinstance(each, SlotReading) else None,
)
def test_a_slot_is_empty_or_taken_only_by_an_answer_about_it(
    answer: object, reading: SlotReading
) -> None:
    assert reading_of(answer, SLOT) == reading


@pytest.mark.parametrize(
    ("answer", "reading"),
    [
        (status_of(), UNKNOWN),
        (status_of(user_id=SLOT), UNKNOWN),
        (status_of(user_status=0), UNKNOWN),
        (status_of(user_id=SLOT + 1, user_status=0), UNKNOWN),
        (status_of(user_id=SLOT, user_status=0), EMPTY),
        (status_of(user_id=SLOT, user_status=1), SlotReading.masked(enabled=True)),
        (status_of(user_id=SLOT, user_status=3), SlotReading.masked(enabled=False)),
        (status_of(user_id=SLOT, user_status=2), NOT_USABLE),
        (status_of(user_id=SLOT, user_status=0xFF), NOT_USABLE),
    ],
    ids=str,
)
def test_the_status_of_a_user_is_in_an_answer_about_them(
    answer: object, reading: SlotReading
) -> None:
    assert occupancy_of(answer, SLOT) == reading


WEEK = {
    "days_mask": 2,
    "start_hour": 9,
    "start_minute": 0,
    "end_hour": 17,
    "end_minute": 30,
}
YEAR = {"local_start_time": 60, "local_end_time": 120}
OURS = {"user_id": SLOT, "schedule_id": 1}


@pytest.mark.parametrize(
    ("answer", "kind", "entry"),
    [
        (week_day(status=0, **OURS, **WEEK), ScheduleType.WEEK_DAY, (2, 9, 0, 17, 30)),
        (year_day(status=0, **OURS, **YEAR), ScheduleType.YEAR_DAY, (60, 120)),
        # free is only what the lock says is not there
        (week_day(status=0x8B, **OURS), ScheduleType.WEEK_DAY, ()),
        (year_day(status=0x8B, **OURS), ScheduleType.YEAR_DAY, ()),
        (week_day(), ScheduleType.WEEK_DAY, None),
        (week_day(**OURS), ScheduleType.WEEK_DAY, None),
        (week_day(status=0, **OURS), ScheduleType.WEEK_DAY, None),
        (year_day(status=0, **OURS), ScheduleType.YEAR_DAY, None),
        (year_day(status=0, **OURS, local_start_time=60), ScheduleType.YEAR_DAY, None),
        (year_day(status=1, **OURS, **YEAR), ScheduleType.YEAR_DAY, None),
        (year_day(status=0, user_id=SLOT, **YEAR), ScheduleType.YEAR_DAY, None),
        (
            year_day(status=0x8B, user_id=SLOT + 1, schedule_id=1),
            ScheduleType.YEAR_DAY,
            None,
        ),
        (
            year_day(status=0x8B, user_id=SLOT, schedule_id=2),
            ScheduleType.YEAR_DAY,
            None,
        ),
        # the other kind of entry, in the place of the answer
        (year_day(status=0, **OURS, **YEAR), ScheduleType.WEEK_DAY, None),
        (week_day(status=0x8B, **OURS), ScheduleType.YEAR_DAY, None),
    ],
    ids=str,
)
def test_an_entry_is_there_or_free_only_by_a_whole_answer_about_it(
    answer: object, kind: ScheduleType, entry: tuple[int, ...] | None
) -> None:
    assert entry_of(answer, kind, SLOT, 1) == entry


def shown_operation(source: int, action: int, user: int) -> int:
    return source << 24 | action << 16 | user


@pytest.mark.parametrize(
    ("value", "operation"),
    [
        (shown_operation(2, 2, 3), (Action.UNLOCK, Method.KEYPAD, 3)),
        (shown_operation(2, 1, 3), (Action.LOCK, Method.KEYPAD, 3)),
        (shown_operation(2, 2, 0), (Action.UNLOCK, Method.KEYPAD, None)),
        (shown_operation(2, 2, 0xFFFF), (Action.UNLOCK, Method.KEYPAD, None)),
        (shown_operation(0, 2, 3), (Action.UNLOCK, Method.REMOTE, None)),
        (shown_operation(3, 2, 3), (Action.UNLOCK, Method.UNKNOWN, None)),
        (shown_operation(4, 2, 3), (Action.UNLOCK, Method.UNKNOWN, None)),
        (shown_operation(10, 2, 3), (Action.UNLOCK, Method.MANUAL, None)),
        (shown_operation(10, 1, 3), (Action.LOCK, Method.UNKNOWN, None)),
        # another manufacturer may mean something else
        (shown_operation(7, 2, 3), None),
        (shown_operation(2, 3, 3), None),
        (0, None),
        (None, None),
        (True, None),
        (b"\x02\x02\x00\x03", None),
    ],
)
def test_the_last_operation_is_in_32_bits(
    value: object, operation: tuple[Action, Method, int | None] | None
) -> None:
    """Clause 16.11."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    expected = None if operation is None else LockOperated(*operation, at)
    assert decode_last_operation(value, range(1, 10), at) == expected
