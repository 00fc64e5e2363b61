"""Weekly schedules when the clock of Berlin moves."""

from custom_components.keyholder.model.access_rules import DenialCause
from tests.unit.logic.access_rules.case import Case, inside, outside

NO = DenialCause.SCHEDULE


SUMMER_BEGINS = (
    Case(
        "a window in the hour that is left out does not happen",
        inside("sun 02:00-03:00"),
        "2026-03-29 01:59:59",
        NO,
        "2026-04-05 02:00",
    ),
    Case(
        "nor after it",
        inside("sun 02:00-03:00"),
        "2026-03-29 03:00",
        NO,
        "2026-04-05 02:00",
    ),
    Case(
        "a window that begins in it begins after it",
        inside("sun 02:30-04:00"),
        "2026-03-29 01:59:59",
        NO,
        "2026-03-29 03:00",
    ),
    Case(
        "to the second, whatever is asked when",
        inside("sun 02:30-04:00"),
        "2026-03-29 01:59:58.765432",
        NO,
        "2026-03-29 03:00",
    ),
    Case(
        "a window that began in it",
        inside("sun 02:30-04:00"),
        "2026-03-29 03:00",
        None,
        "2026-03-29 04:00",
    ),
    Case(
        "a window that ends in it ends with the jump",
        inside("sun 01:00-02:30"),
        "2026-03-29 01:59:59",
        None,
        "2026-03-29 03:00",
    ),
    Case(
        "a window that ended in it",
        inside("sun 01:00-02:30"),
        "2026-03-29 03:00",
        NO,
        "2026-04-05 01:00",
    ),
    Case(
        "a window that ends where the clock jumps",
        inside("sun 01:00-02:00"),
        "2026-03-29 01:59:59",
        None,
        "2026-03-29 03:00",
    ),
    Case(
        "a window around it is an hour shorter",
        inside("sun 01:00-04:00"),
        "2026-03-29 01:00",
        None,
        "2026-03-29 02:00+00:00",
    ),
    Case(
        "a night around it is an hour shorter",
        inside("sat 22:00-06:00"),
        "2026-03-28 22:00",
        None,
        "2026-03-29 04:00+00:00",
    ),
    Case(
        "from one window over the jump into another",
        inside("sun 01:00-02:30", "sun 02:45-04:00"),
        "2026-03-29 01:30",
        None,
        "2026-03-29 04:00",
    ),
    Case(
        "what is excluded in it never denies",
        outside("sun 02:00-03:00"),
        "2026-03-29 01:30",
        None,
        "2026-04-05 02:00",
    ),
    Case(
        "days ahead the times are those of summer",
        inside("mon 08:00-09:00"),
        "2026-03-27 12:00",
        NO,
        "2026-03-30 06:00+00:00",
    ),
)

SUMMER_ENDS = (
    Case(
        "a window in the double hour opens",
        inside("sun 02:15-02:45"),
        "2026-10-25 01:59",
        NO,
        "2026-10-25 02:15+02:00",
    ),
    Case(
        "and closes",
        inside("sun 02:15-02:45"),
        "2026-10-25 02:15+02:00",
        None,
        "2026-10-25 02:45+02:00",
    ),
    Case(
        "and opens again",
        inside("sun 02:15-02:45"),
        "2026-10-25 02:45+02:00",
        NO,
        "2026-10-25 02:15+01:00",
    ),
    Case(
        "and closes again",
        inside("sun 02:15-02:45"),
        "2026-10-25 02:15+01:00",
        None,
        "2026-10-25 02:45+01:00",
    ),
    Case(
        "and is over",
        inside("sun 02:15-02:45"),
        "2026-10-25 02:45+01:00",
        NO,
        "2026-11-01 02:15",
    ),
    Case(
        "a window that begins in the double hour is left when the clock goes back",
        inside("sun 02:30-05:00"),
        "2026-10-25 02:45+02:00",
        None,
        "2026-10-25 02:00+01:00",
    ),
    Case(
        "and entered again",
        inside("sun 02:30-05:00"),
        "2026-10-25 02:00+01:00",
        NO,
        "2026-10-25 02:30+01:00",
    ),
    Case(
        "a window that ended in the double hour comes back with the clock",
        inside("sun 01:00-02:30"),
        "2026-10-25 02:30+02:00",
        NO,
        "2026-10-25 02:00+01:00",
    ),
    Case(
        "and ends again",
        inside("sun 01:00-02:30"),
        "2026-10-25 02:00+01:00",
        None,
        "2026-10-25 02:30+01:00",
    ),
    Case(
        "a window of just the double hour is open for two hours",
        inside("sun 02:00-03:00"),
        "2026-10-25 02:00+02:00",
        None,
        "2026-10-25 03:00+01:00",
    ),
    Case(
        "a window up to the double hour does not come back",
        inside("sun 01:00-02:00"),
        "2026-10-25 02:00+02:00",
        NO,
        "2026-11-01 01:00",
    ),
    Case(
        "a window from the end of the double hour waits for both",
        inside("sun 03:00-04:00"),
        "2026-10-25 02:59:59+02:00",
        NO,
        "2026-10-25 03:00+01:00",
    ),
    Case(
        "a night around it is an hour longer",
        inside("sat 22:00-06:00"),
        "2026-10-24 22:00",
        None,
        "2026-10-25 05:00+00:00",
    ),
    Case(
        "what is excluded in it denies twice",
        outside("sun 02:15-02:45"),
        "2026-10-25 02:45+02:00",
        None,
        "2026-10-25 02:15+01:00",
    ),
    Case(
        "days ahead the times are those of winter",
        inside("mon 08:00-09:00"),
        "2026-10-23 12:00",
        NO,
        "2026-10-26 07:00+00:00",
    ),
)

TABLES = {"summer begins": SUMMER_BEGINS, "summer ends": SUMMER_ENDS}
