"""Types of the control channel's answers."""

from typing import Literal, NotRequired, TypedDict

type Countdown = bool | int
type MaskShape = Literal["*", "zeros", "ff", "empty", "short"]
type UserIdStyle = Literal["report", "byte", "none", "v1alarm"]


class Code(TypedDict):
    """One occupied slot as it really is, never masked."""

    code: str
    enabled: bool


class Schedule(TypedDict):
    """The entries of one slot by their numbers (1-based), in the driver's own terms.

    `kind` is the one that counts (0 week day, 1 year day, 2 daily), `enabled` whether
    it does.
    """

    enabled: bool
    kind: int | None
    weekDays: dict[str, dict[str, int]]
    yearDays: dict[str, dict[str, int]]
    daily: dict[str, dict[str, int | list[int]]]


class Clock(TypedDict):
    """How often the lock's time was set, and its zone in minutes from UTC."""

    sets: int
    standardOffset: int
    dstOffset: int


class Faults(TypedDict):
    """What is wrong with a lock; README.md says what each fault does."""

    maskReads: Literal[False] | MaskShape
    dropWrites: Countdown
    dropClears: Countdown
    rejectWrites: Countdown
    rejectClears: Countdown
    reportDropped: bool
    notifyRadioWrites: bool
    radioReportDelayMs: int
    unansweredWrites: bool
    unansweredReads: bool
    readsEmpty: int
    status254: bool
    reservedSlots: int
    commitDelayMs: int
    answerDelayMs: int
    rejectDuplicates: bool
    duplicateNoticeDelayMs: int
    dead: bool
    jam: bool
    reportKeypadChanges: bool
    userIdStyle: UserIdStyle
    ignoreDisabled: bool
    schedulesNeedCode: bool
    dropSchedules: Countdown
    dropScheduleErases: Countdown
    forgetSchedules: bool
    unansweredScheduleReads: bool
    unansweredAfter: Literal[False] | int
    killDriverAtWrite: Countdown
    notifyRf: bool


class DriverView(TypedDict):
    """What the Z-Wave JS driver thinks of the node."""

    status: Literal["unknown", "asleep", "awake", "dead", "alive"]
    ready: bool
    label: str | None
    manufacturer: str | None
    name: str | None


class Truth(TypedDict):
    """A lock as it really is, and the driver's view of it.

    `codes` is keyed by slot (1-based); on a User Credential CC lock it holds the PINs.
    `schedules` has the slots that have any. `unrestricted` are the slots whose code was
    live without a schedule at any time since the counters were reset.
    """

    id: int
    profile: str
    locked: bool
    battery: int
    codes: dict[int, Code]
    schedules: dict[int, Schedule]
    unrestricted: list[int]
    clock: Clock
    faults: Faults
    driver: DriverView


class Counts(TypedDict):
    """Commands the lock received: codes set, codes cleared, codes read, everything else."""

    writes: int
    clears: int
    reads: int
    other: int


class Frame(TypedDict):
    """One command the lock received; `t` in milliseconds of Unix time.

    `code` is there only when it was asked for. `enables` says whether a code that was
    set is to be live, `erases` whether a schedule was erased or set.
    """

    t: int
    cc: str
    slot: NotRequired[int]
    enables: NotRequired[bool]
    erases: NotRequired[bool]
    code: NotRequired[str]


class Health(TypedDict):
    """State of the whole network.

    `timings` are milliseconds since the process began, `rss` is bytes of memory.
    """

    ready: bool
    interviewed: list[int]
    ws: str
    timings: dict[str, int]
    rss: int
