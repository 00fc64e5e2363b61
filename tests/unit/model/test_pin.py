"""A PIN does not show itself by accident."""

import copy
import dataclasses
import json
import logging
import pickle

import pytest

from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import CodeTarget, SlotReading

DIGITS = "907142"
DOTS = "••••"


@pytest.mark.parametrize("digits", ["90", "9071", "90714253"])
def test_every_way_of_printing_gives_the_same_dots(digits: str) -> None:
    pin = Pin(digits)
    assert str(pin) == repr(pin) == DOTS
    assert f"{pin}" == f"{pin!r}" == f"{pin!s}" == f"{pin:>20}" == DOTS
    assert "{0}".format(pin) == DOTS  # noqa: UP030, UP032
    assert "%s %r" % (pin, pin) == f"{DOTS} {DOTS}"  # noqa: UP031


def test_what_holds_a_pin_does_not_show_it() -> None:
    pin = Pin(DIGITS)
    for holder in (
        SlotReading.present(pin),
        CodeTarget(pin, "Ada"),
        [pin],
        {"pin": pin},
    ):
        assert DIGITS not in repr(holder)
        assert DOTS in repr(holder)


def test_a_log_line_shows_dots(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("keyholder").debug("pin %s of %r", Pin(DIGITS), Pin(DIGITS))
    assert DIGITS not in caplog.text


def test_it_reveals_itself_when_asked() -> None:
    assert Pin(DIGITS).reveal() == DIGITS
    assert len(Pin(DIGITS)) == 6


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_pickled(protocol: int) -> None:
    with pytest.raises(TypeError) as caught:
        pickle.dumps(Pin(DIGITS), protocol)
    assert DIGITS not in str(caught.value)


def test_it_is_not_written_as_json() -> None:
    with pytest.raises(TypeError) as caught:
        json.dumps({"pin": Pin(DIGITS)})
    assert DIGITS not in str(caught.value)


def test_it_is_not_copied_into_a_dictionary() -> None:
    with pytest.raises(TypeError):
        dataclasses.asdict(CodeTarget(Pin(DIGITS), "Ada"))
    for copies in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            copies(Pin(DIGITS))


def test_it_has_no_dictionary_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(Pin(DIGITS))


def test_equal_digits_are_equal_pins() -> None:
    assert Pin(DIGITS) == Pin(DIGITS)
    assert Pin(DIGITS) != Pin("907143")
    assert Pin(DIGITS) != Pin("9071")
    assert Pin(DIGITS) != DIGITS
    assert len({Pin(DIGITS), Pin(DIGITS), Pin("9071")}) == 2


def test_it_compares_whatever_a_lock_sent_without_quoting_it() -> None:
    """An encoding error would have quoted the code."""
    broken = "90\ud800"
    assert Pin(broken) == Pin(broken)
    assert Pin(broken) != Pin("9071")


def test_it_does_not_change() -> None:
    pin = Pin(DIGITS)
    for name in (*Pin.__slots__, "other"):
        with pytest.raises(AttributeError):
            setattr(pin, name, "9099")
        with pytest.raises(AttributeError):
            delattr(pin, name)
    assert pin.reveal() == DIGITS
