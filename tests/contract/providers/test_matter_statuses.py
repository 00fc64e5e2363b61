"""What the two servers say of a refused command, in their own words."""

import pytest

from custom_components.keyholder.providers.matter.statuses import (
    Verdict,
    tells_of_silence,
    verdict_in,
)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        # OHF Matter Server
        ("Failure (code 1)", Verdict(1)),
        ("Invalid command (code 133)", Verdict(133)),
        ("Constraint error (code 135)", Verdict(135)),
        ("Resource exhausted (code 137)", Verdict(137)),
        ("Timeout (code 148)", Verdict(148)),
        ("Busy (code 156)", Verdict(156)),
        ("Failure (code 1; cluster code 2)", Verdict(1, 2)),
        (
            '(ValidationOutOfBoundsError/135) String "x" is too long: 11, max 10.',
            Verdict(135),
        ),
        # python-matter-server
        ("InteractionModelError: InvalidCommand (0x85)", Verdict(133)),
        ("InteractionModelError: Failure (0x1, clusterStatus: 3)", Verdict(1, 3)),
        ("InteractionModelError: Failure (0x01, clusterStatus: 0x3)", Verdict(1, 3)),
        ("InteractionModelError: NeedsTimedInteraction (0xc6)", Verdict(198)),
        ("InteractionModelError: Busy (0x9C)", Verdict(156)),
    ],
)
def test_a_status_is_read_out_of_the_text(text: str, verdict: Verdict) -> None:
    assert verdict_in(text) == verdict


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
    assert verdict_in(text) is None


def test_the_status_of_the_cluster_says_more_than_a_failure() -> None:
    assert Verdict(1, 3).telling == 3
    assert Verdict(1).telling == 1
    assert Verdict(133, 3).telling == 133


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
    assert tells_of_silence(text)


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
    assert not tells_of_silence(text)
