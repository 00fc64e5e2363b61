"""What the two servers say of a refused command, in their own words."""

import pytest

from custom_components.keyholder.providers.matter.statuses import (
    CommandStatus,
    is_timeout_text,
    parse_status,
)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        # OHF Matter Server
        ("Failure (code 1)", CommandStatus(1)),
        ("Invalid command (code 133)", CommandStatus(133)),
        ("Constraint error (code 135)", CommandStatus(135)),
        ("Resource exhausted (code 137)", CommandStatus(137)),
        ("Timeout (code 148)", CommandStatus(148)),
        ("Busy (code 156)", CommandStatus(156)),
        ("Failure (code 1; cluster code 2)", CommandStatus(1, 2)),
        (
            '(ValidationOutOfBoundsError/135) String "x" is too long: 11, max 10.',
            CommandStatus(135),
        ),
        # python-matter-server
        ("InteractionModelError: InvalidCommand (0x85)", CommandStatus(133)),
        ("InteractionModelError: Failure (0x1, clusterStatus: 3)", CommandStatus(1, 3)),
        (
            "InteractionModelError: Failure (0x01, clusterStatus: 0x3)",
            CommandStatus(1, 3),
        ),
        ("InteractionModelError: NeedsTimedInteraction (0xc6)", CommandStatus(198)),
        ("InteractionModelError: Busy (0x9C)", CommandStatus(156)),
    ],
)
def test_a_status_is_read_out_of_the_text(text: str, verdict: CommandStatus) -> None:
    assert parse_status(text) == verdict


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Operation aborted",
        "Peer is no longer responding to active session (timed out after 13.7s)",
        "Node 1 does not exist",
        "Unknown command: device_command",
        # What was sent is no status, whatever it looks like
        'String "(code 133)" is odd',
        'String "a\\"(code 133)" is odd',
        "907153",
    ],
)
def test_a_text_without_a_status_has_none(text: str) -> None:
    assert parse_status(text) is None


def test_the_status_of_the_cluster_says_more_than_a_failure() -> None:
    assert CommandStatus(1, 3).effective_code == 3
    assert CommandStatus(1).effective_code == 1
    assert CommandStatus(133, 3).effective_code == 133


@pytest.mark.parametrize(
    "text",
    [
        "Peer is no longer responding to active session (timed out after 13.7s)",
        "Operation aborted",
        "Node 1 is not (yet) available.",
        "CHIP Error 0x00000032: Timeout",
        "Node 1 is offline",
        "Could not establish a session with the node",
    ],
)
def test_the_way_to_the_lock_is_bad(text: str) -> None:
    assert is_timeout_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Cannot read properties of undefined",
        "CHIP Error 0x0000002F: Invalid argument",
        'no such thing as "Operation aborted"',
    ],
)
def test_another_failure_is_not_taken_for_a_bad_way(text: str) -> None:
    assert not is_timeout_text(text)
