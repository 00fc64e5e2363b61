"""What Zigbee2MQTT publishes of users, locks and itself."""

from typing import Any
from unittest.mock import patch

import pytest

from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import SlotReading
from custom_components.keyholder.providers.base import (
    InterviewIncompleteError,
    LockUnreachableError,
    NotSupportedError,
)
from custom_components.keyholder.providers.zigbee2mqtt.decoder import (
    PublishedState,
    is_new_for_user,
    is_unrelated,
    read_user,
    user_in,
)
from custom_components.keyholder.providers.zigbee2mqtt.description import (
    Description,
    describe,
)

NAME = "Front door"
IEEE = "0x000d6f0011223344"


def devices(exposes: tuple[str, ...] = ("pin_code", "action"), **more: Any) -> Any:
    definition = {
        "vendor": "Yale",
        "model": "YRD226HA2619",
        "exposes": [{"type": "lock", "features": []}, *({"name": e} for e in exposes)],
        **more,
    }
    return [
        {"friendly_name": "Coordinator", "type": "Coordinator"},
        {"friendly_name": NAME, "ieee_address": IEEE, "definition": definition},
    ]


def info(
    options: dict[str, Any] | None = None,
    device_options: dict[str, Any] | None = None,
    advanced: dict[str, Any] | None = None,
) -> Any:
    config = {
        "devices": {IEEE: {"friendly_name": NAME, **(options or {})}},
        "device_options": device_options or {},
        "advanced": advanced or {"cache_state": True},
    }
    return {"version": "2.14.1", "config": config}


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"status": "available"}, SlotReading.empty()),
        ({"status": "available", "pin_code": "907153"}, SlotReading.empty()),
        (
            {"status": "enabled", "pin_code": "0907"},
            SlotReading.present(Pin("0907"), enabled=True),
        ),
        (
            {"status": "disabled", "pin_code": "907153"},
            SlotReading.present(Pin("907153"), enabled=False),
        ),
        ({"status": "enabled"}, SlotReading.masked(enabled=True)),
        ({"status": "disabled"}, SlotReading.masked(enabled=False)),
        (
            {"status": "enabled", "pin_code": "\ufffd\ufffd\ufffd\ufffd"},
            SlotReading.masked(enabled=True),
        ),
        ({"status": "enabled", "pin_code": ""}, SlotReading.masked(enabled=True)),
        ({"status": "enabled", "pin_code": "****"}, SlotReading.masked(enabled=True)),
        ({"status": "enabled", "pin_code": "٩٠٧١"}, SlotReading.masked(enabled=True)),
        ({"status": "enabled", "pin_code": 9071}, SlotReading.masked(enabled=True)),
        ({"status": "not_supported_2"}, SlotReading.not_usable()),
        ({"status": "not_supported_255", "pin_code": "9071"}, SlotReading.not_usable()),
        ({"status": "not_supported"}, SlotReading.unknown()),
        ({"status": None}, SlotReading.unknown()),
        ({"pin_code": "9071"}, SlotReading.unknown()),
        ({}, SlotReading.unknown()),
    ],
)
def test_a_user_becomes_a_reading(user: Any, expected: SlotReading) -> None:
    assert read_user(user) == expected


@pytest.mark.parametrize(
    "payload",
    [
        {"battery": 80},
        {"users": {}},
        {"users": {"4": {"status": "enabled"}}},
        {"users": {"33": {"status": "enabled"}}},
        {"users": None},
        {"users": {"3": None}},
        [],
        "online",
        None,
    ],
)
def test_what_does_not_mention_the_user_is_no_answer(payload: object) -> None:
    assert user_in(payload, 3) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, False),
        ({"users": {"3": {"status": "available"}}}, False),
        ({"linkquality": 7, "last_seen": "2026-01-02", "elapsed": 9}, False),
        ({"action_user": None, "action_source_name": None}, False),
        ({"state": "UNLOCK"}, True),
        ({"door_state": "open"}, True),
        ({"action": "unlock"}, True),
        ({"action": "unlock", "state": "LOCK"}, True),
    ],
)
def test_a_publication_that_changes_something_else_is_about_that(
    change: dict[str, Any], expected: bool
) -> None:
    before = {"state": "LOCK", "battery": 80, "linkquality": 200}
    users = {"users": {"3": {"status": "enabled"}}}

    reported = is_unrelated(
        {**before, **users, **change}, PublishedState.from_payload(before)
    )

    assert reported is expected


def test_the_first_message_answers_unless_it_names_something_else() -> None:
    assert not is_unrelated({"state": "LOCK"}, None)
    assert is_unrelated({"state": "LOCK", "action": "lock"}, None)


ENABLED = {"status": "enabled", "pin_code": "907153"}


@pytest.mark.parametrize(
    ("before", "users", "repeats", "expected"),
    [
        (None, {"3": ENABLED}, False, True),
        ({"3": ENABLED}, {"3": ENABLED}, False, True),
        (None, {"3": ENABLED, "4": ENABLED}, False, False),
        ({"3": ENABLED, "4": ENABLED}, {"3": ENABLED, "4": ENABLED}, False, False),
        (None, {"3": ENABLED}, True, False),
        ({}, {"3": ENABLED}, True, True),
        ({"3": ENABLED}, {"3": ENABLED}, True, False),
        ({"3": {"status": "available"}}, {"3": ENABLED}, True, True),
        ({"3": ENABLED}, {"3": {**ENABLED, "pin_code": "907154"}}, True, True),
        ({"4": ENABLED}, {"4": {"status": "available"}, "3": ENABLED}, True, True),
        ({"3": ENABLED}, {"4": ENABLED}, True, False),
        ({"3": ENABLED}, {}, False, False),
    ],
)
def test_what_was_published_before_is_no_event(
    before: Any, users: Any, repeats: bool, expected: bool
) -> None:
    reported = (
        None if before is None else PublishedState.from_payload({"users": before})
    )

    assert (
        is_new_for_user({"users": users}, 3, reported, users_cached=repeats) is expected
    )


def test_nothing_is_kept_of_a_code_that_was_published() -> None:
    assert "907153" not in repr(
        PublishedState.from_payload({"state": "LOCK", "users": {"3": ENABLED}})
    )
    assert "907153" not in repr(
        PublishedState.from_payload({"last_used_pin_code": "907153"})
    )


@pytest.mark.parametrize(
    ("options", "publishes"),
    [
        (None, True),
        ("none", True),
        ([{"name": "expose_pin"}], True),
        ([{"name": "state_action"}, {"name": "expose_pin"}], True),
        ([], False),
        ([{"name": "state_action"}, None], False),
    ],
)
def test_a_model_without_the_option_of_the_answers_publishes_none(
    options: object, publishes: bool
) -> None:
    """Clause 16.9: where no options are published, the lock has to be asked."""
    reported = devices(options=options)
    assert describe(NAME, reported, info()).publishes_users is publishes


def test_a_lock_is_described_by_its_model_and_options() -> None:
    assert describe(NAME, devices(), info()) == Description(
        user_count=250, exposes_codes=False, publishes_cached_users=True
    )
    shown = info({"expose_pin": True, "filtered_cache": ["users"]})
    assert describe(NAME, devices(), shown) == Description(
        user_count=250, exposes_codes=True, publishes_cached_users=False
    )


def test_options_of_all_devices_count_unless_the_device_has_its_own() -> None:
    general = {"expose_pin": True, "filtered_cache": ["us.*"]}
    assert describe(NAME, devices(), info(None, general)) == Description(
        user_count=250, exposes_codes=True, publishes_cached_users=False
    )
    own = {"expose_pin": False, "filtered_cache": ["battery", "["]}
    assert describe(NAME, devices(), info(own, general)) == Description(
        user_count=250, exposes_codes=False, publishes_cached_users=True
    )


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("users", True),
        ("^users$", True),
        ("user.*", True),
        (".*", True),
        ("^.+$", True),
        ("battery|users", True),
        ("(?:users|battery)", True),
        ("users?", True),
        ("user", False),
        ("users.+", False),
        ("(users|battery)_old", False),
        ("[users]", False),
        ("(u+s+e+r+s+)+$", False),
        ("(((.*)*)*)*x", False),
        ("[", False),
        ("", False),
        (7, False),
        (None, False),
        (["users"], False),
    ],
)
def test_a_cache_filter_is_compared_as_text(pattern: object, matches: bool) -> None:
    """Clause 16.25: no pattern that somebody else has published is ever compiled."""
    options = {"expose_pin": True, "filtered_cache": [pattern]}
    with patch("re.compile", side_effect=AssertionError):
        shown = describe(NAME, devices(), info(options))

    assert shown.publishes_cached_users is not matches


def test_without_any_cache_nothing_is_repeated() -> None:
    reported = info(advanced={"cache_state": False})

    assert not describe(NAME, devices(), reported).publishes_cached_users


@pytest.mark.parametrize(
    ("vendor", "model", "count"),
    [
        ("Yale", "YMI70A", 100),
        ("Yale", "YRL256 TS", 250),
        ("Kwikset", "99140-002", 30),
        ("ShinaSystem", "DLM-300Z", 4),
        ("Onesti Products AS", "Nimly", 1000),
        ("Somebody", "New", 20),
        (None, None, 20),
    ],
)
def test_the_number_of_users_is_that_of_the_converters(
    vendor: str | None, model: str | None, count: int
) -> None:
    reported = devices(vendor=vendor, model=model)

    assert describe(NAME, reported, info()).user_count == count


def test_a_lock_without_codes_is_refused() -> None:
    with pytest.raises(NotSupportedError):
        describe(NAME, devices(exposes=("action",)), info())


@pytest.mark.parametrize(
    "reported",
    [[], None, {}, [{"friendly_name": "Back door"}], [{"friendly_name": NAME}]],
)
def test_a_lock_that_is_not_known_yet_may_be_later(reported: object) -> None:
    with pytest.raises(LockUnreachableError):
        describe(NAME, reported, info())


@pytest.mark.parametrize("definition", [None, "Yale"])
def test_a_lock_without_a_definition_is_not_interviewed(definition: object) -> None:
    """Clause 16.10."""
    reported = [{"friendly_name": NAME, "definition": definition}]
    with pytest.raises(InterviewIncompleteError):
        describe(NAME, reported, info())


@pytest.mark.parametrize("reported", [None, [], {}, {"config": []}, {"config": {}}])
def test_settings_that_are_not_published_count_as_off(reported: object) -> None:
    assert describe(NAME, devices(), reported) == Description(
        user_count=250, exposes_codes=False, publishes_cached_users=True
    )
