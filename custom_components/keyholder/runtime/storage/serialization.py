"""How stored data is serialized, and what is refused when it is read back."""

from datetime import datetime

from mashumaro.dialect import Dialect

from ...logic.stored_time import parse_stored_time


class StoredForm(Dialect):
    """Serialization of types that JSON does not have."""

    serialization_strategy = {  # noqa: RUF012 - the library's own declaration
        datetime: {"serialize": datetime.isoformat, "deserialize": parse_stored_time},
        range: {
            "serialize": lambda value: [value.start, value.stop],
            "deserialize": lambda value: range(*value),
        },
    }
