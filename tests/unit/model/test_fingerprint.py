"""A fingerprint tells whether two codes are equal, and nothing of their digits."""

from custom_components.keyholder.model.pin import Pin

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


def test_equal_digits_have_equal_fingerprints_under_one_key() -> None:
    """Clause 16.4: digits are compared as text, as the lock would."""
    fingerprint = Pin("907153").fingerprint(KEY)
    assert fingerprint == Pin("907153").fingerprint(KEY)
    assert fingerprint != Pin("0907153").fingerprint(KEY)
    assert fingerprint != Pin("907153").fingerprint(OTHER_KEY)
    assert len(fingerprint) == 64
    assert "907153" not in fingerprint


def test_any_text_of_a_lock_has_a_fingerprint() -> None:
    """Clause 16.4: a lock may send anything as a code."""
    assert Pin("\ud800").fingerprint(KEY) != Pin("").fingerprint(KEY)
