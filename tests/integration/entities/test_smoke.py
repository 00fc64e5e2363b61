from homeassistant.helpers import entity_registry as er, device_registry as dr
from tests.integration.engine.house import until
from tests.integration.surface import add_lock, add_person

async def test_smoke(hass, site, fake_locks):
    lock = fake_locks.add("Front door")
    await add_lock(hass, site, lock)
    n=[]
    hass.bus.async_listen("state_changed", lambda e: n.append((e.data["entity_id"], e.data["new_state"] and e.data["new_state"].state, {k:v for k,v in ((e.data["new_state"] and e.data["new_state"].attributes) or {}).items() if k not in ("options",)})))
    await add_person(hass, site, "Anna", "907153")
    await until(lambda: fake_locks.provider(lock).codes)
    await until(lambda: hass.states.get("sensor.anna_code_on_front_door") and hass.states.get("sensor.anna_code_on_front_door").state == "in_sync")
    await hass.async_block_till_done()
    for s in hass.states.async_all(): print(s)
    print()
    for x in n: print(x)
