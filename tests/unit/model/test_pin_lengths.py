"""Lengths of PINs that locks report."""

import pytest

from custom_components.keyholder.model.pin_lengths import PinLengths


@pytest.mark.parametrize(
    ("shortest", "longest", "lengths"),
    [
        (None, None, (4, 10)),
        (6, 6, (6, 6)),
        (6, 12, (6, 12)),
        (None, 8, (4, 8)),
        (6, None, (6, 10)),
        # nobody wants a code of one digit
        (0, 0, (4, 10)),
        (1, 10, (4, 10)),
        # what is no length
        (4, 255, (4, 10)),
        (255, 255, (4, 10)),
        (4, 64, (4, 20)),
        # a lock that contradicts itself
        (8, 4, (8, 8)),
        (12, None, (12, 12)),
        (1, 3, (4, 4)),
    ],
)
def test_what_a_lock_says_of_the_length_of_a_pin_counts(
    shortest: int | None, longest: int | None, lengths: tuple[int, int]
) -> None:
    """Clause 16.16: a constant of ours counts only where the lock says nothing."""
    assert PinLengths.reported(shortest, longest) == PinLengths(*lengths)
