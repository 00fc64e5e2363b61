"""Domain, subentry types, and the keys of stored data, forms and actions.

A key that Home Assistant has, such as `CONF_NAME`, is imported from `homeassistant.const`.
"""

from typing import Final

DOMAIN: Final = "keyholder"

SUBENTRY_LOCK: Final = "lock"
SUBENTRY_PERSON: Final = "person"

EVENT_ACCESS: Final = "keyholder_access"
"""Bus event of an access event at a lock, for the logbook."""

# A site

CONF_LEFT_CODES: Final = "left_codes"
CONF_CLEAR_CODES_OF: Final = "clear_codes_of"
"""Deleted sites whose codes this site clears from the locks, by their entry ids."""

# A lock

CONF_LOCK: Final = "lock"
CONF_FIRST_SLOT: Final = "first_slot"
CONF_LAST_SLOT: Final = "last_slot"
CONF_PIN_LENGTHS: Final = "pin_lengths"
CONF_CHECKS: Final = "checks_per_hour"
CONF_UNANSWERED_HOURS: Final = "unanswered_hours"
CONF_DAYS_AHEAD: Final = "days_ahead"
CONF_ADDRESS: Final = "address"
"""The accepted address of the lock: a mapping of the fields of `LockAddress`."""
CONF_ANSWERS_READS: Final = "answers_reads"
"""Stored where it is false, and where it once was: see `LockSettings`."""
CONF_REMOVING: Final = "leaving"
"""True from the request of a removal until every code is cleared."""

# Autolock of a lock

CONF_AUTOLOCK: Final = "autolock"
CONF_DAY: Final = "day_minutes"
CONF_NIGHT: Final = "night_minutes"
CONF_NIGHT_BEGIN: Final = "night_begin"
CONF_NIGHT_END: Final = "night_end"
CONF_DOOR: Final = "door_sensor"
CONF_UNKNOWN_DOOR: Final = "unknown_door"
CONF_AFTER_CLOSE: Final = "after_close_seconds"
CONF_LOCK_WHEN_CLOSED: Final = "lock_when_closed"
CONF_METHODS: Final = "methods_minutes"
CONF_PEOPLE: Final = "people_minutes"
CONF_PEOPLE_MINUTES: Final = "people_for"
"""One duration for all people who have their own, in the form."""

# A person

CONF_LOCKS: Final = "locks"
CONF_ALL_LOCKS: Final = "all_locks"
EVERY_LOCK: Final = "all"
CHOSEN_LOCKS: Final = "chosen"
"""The two choices of the field `locks` in the form: every lock, later ones too, or these."""
CONF_GENERATE: Final = "generate"
CONF_CONFIRM_TRIVIAL: Final = "confirm_trivial"
CONF_LIMIT: Final = "limit"
"""Whether the access rule of a new person is entered before the code is written."""

# The access rule of a person

CONF_RULE: Final = "rule"
CONF_WEEKLY: Final = "weekly"
CONF_WINDOWS: Final = "windows"
CONF_DAYS: Final = "days"
CONF_START: Final = "start"
CONF_END: Final = "end"
CONF_ENTITY: Final = "entity"
CONF_TEXT: Final = "text"
CONF_GRACE: Final = "grace"
CONF_VALID_FROM: Final = "valid_from"
CONF_VALID_FROM_TIME: Final = "valid_from_time"
CONF_VALID_UNTIL: Final = "valid_until"
CONF_VALID_UNTIL_TIME: Final = "valid_until_time"
CONF_USE_LIMIT: Final = "use_limit"

# The notifications of a person

CONF_NOTIFY: Final = "notify"
CONF_ON_USE: Final = "on_use"
CONF_ON_LOCK: Final = "on_lock"
CONF_ON_DENIED: Final = "on_denied"
CONF_TARGETS: Final = "targets"

# Options of triggers

CONF_OPERATION: Final = "operation"

# Fields of actions

CONF_PERSON: Final = "person"
CONF_FROM: Final = "from"
CONF_USES: Final = "uses"
CONF_RETURN_PIN: Final = "return_pin"
