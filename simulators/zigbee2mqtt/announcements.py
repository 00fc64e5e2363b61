"""Discovery, `bridge/info` and `bridge/devices` as Zigbee2MQTT publishes them."""

from typing import Final

from .converters import Json, Payload
from .devices import Device, Settings

VERSION: Final = "2.14.1"
_ALL, _SET, _STATE = 7, 2, 1


def discovery_topic(device: Device) -> str:
    """Return the topic of the lock's MQTT discovery."""
    return f"homeassistant/lock/{device.ieee}/lock/config"


def discovery(base: str, device: Device, settings: Settings) -> Payload:
    """Return the payload of the lock's MQTT discovery."""
    topic = f"{base}/{device.name}"
    availability: list[Json] = [_availability(f"{base}/bridge/state")]
    if settings.availability:
        availability.append(_availability(f"{topic}/availability"))
    payload: Payload = {
        "availability": availability,
        "command_topic": f"{topic}/set",
        "default_entity_id": f"lock.{device.name.replace(' ', '_').lower()}",
        "device": {
            "identifiers": [f"zigbee2mqtt_{device.ieee}"],
            "manufacturer": device.definition.vendor,
            "model": device.definition.description,
            "model_id": device.definition.model,
            "name": device.name,
        },
        "name": None,
        "object_id": device.name.replace(" ", "_").lower(),
        "origin": {
            "name": "Zigbee2MQTT",
            "sw": VERSION,
            "url": "https://www.zigbee2mqtt.io",
        },
        "state_locked": "LOCK",
        "state_topic": topic,
        "state_unlocked": "UNLOCK",
        "unique_id": f"{device.ieee}_lock_{settings.unique_base or base}",
        "value_template": '{{ value_json["state"] }}',
    }
    if settings.availability:
        payload["availability_mode"] = "all"
    return payload


def _availability(topic: str) -> Payload:
    return {"topic": topic, "value_template": "{{ value_json.state }}"}


def info(base: str, devices: list[Device], settings: Settings) -> Payload:
    """Return what is retained at `bridge/info`, without the schema of its settings."""
    return {
        "version": VERSION,
        "commit": "unknown",
        "log_level": "info",
        "permit_join": False,
        "restart_required": False,
        "config": {
            "advanced": {
                "cache_state": settings.cache_state,
                "last_seen": "ISO_8601" if settings.last_seen else "disable",
                "output": "json",
            },
            "availability": {"enabled": settings.availability},
            "device_options": dict(settings.device_options),
            "devices": {
                device.ieee: {"friendly_name": device.name, **device.options}
                for device in devices
            },
            "homeassistant": {"enabled": True},
            "mqtt": {"base_topic": base},
        },
    }


def listing(devices: list[Device], settings: Settings) -> list[Json]:
    """Return what is retained at `bridge/devices`."""
    coordinator: Payload = {
        "ieee_address": settings.stick,
        "type": "Coordinator",
        "friendly_name": "Coordinator",
        "supported": True,
    }
    return [coordinator, *(_listed(device) for device in devices)]


def _listed(device: Device) -> Payload:
    definition = device.definition
    exposes: list[Json] = [
        {
            "type": "lock",
            "features": [
                _expose("binary", "state", _ALL, value_on="LOCK", value_off="UNLOCK")
            ],
        }
    ]
    if definition.has_pins:
        features: list[Json] = [
            _expose("numeric", "user", _SET),
            _expose("enum", "user_type", _SET),
            _expose("binary", "user_enabled", _SET),
            _expose("numeric", "pin_code", _SET),
        ]
        exposes.append(_expose("composite", "pin_code", _ALL, features=features))
        exposes.append(_expose("enum", "action", _STATE))
    # the option belongs to the converter of what locks answer about users
    options: list[Json] = (
        [_expose("binary", "expose_pin", _SET)]
        if definition.has_pins and definition.publishes_users
        else []
    )
    return {
        "ieee_address": device.ieee,
        "type": "EndDevice",
        "friendly_name": device.name,
        "disabled": False,
        "supported": True,
        "power_source": "Battery",
        "definition": {
            "source": "native",
            "model": definition.model,
            "vendor": definition.vendor,
            "description": definition.description,
            "exposes": exposes,
            "options": options,
        },
    }


def _expose(kind: str, name: str, access: int, **more: Json) -> Payload:
    return {"type": kind, "name": name, "property": name, "access": access, **more}
