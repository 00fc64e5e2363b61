"""How stored data is serialized, and what is refused when it is read back."""

from datetime import datetime

from mashumaro.dialect import Dialect

from ...logic.stored_time import parse_stored_time, parse_wall_time
from ...model.lock_schedule import YearDaySchedule


class StoredForm(Dialect):
    """Serialization of types that JSON does not have."""

    serialization_strategy = {  # noqa: RUF012 - the library's own declaration
        datetime: {"serialize": datetime.isoformat, "deserialize": parse_stored_time},
        YearDaySchedule: {
            "serialize": lambda entry: {
                "start": entry.start.isoformat(),
                "end": entry.end.isoformat(),
            },
            "deserialize": lambda stored: YearDaySchedule(
                start=parse_wall_time(stored["start"]),
                end=parse_wall_time(stored["end"]),
            ),
        },
        range: {
            "serialize": lambda value: [value.start, value.stop],
            "deserialize": lambda value: range(*value),
        },
    }
