import time, asyncio, pytest
from custom_components.keyholder.providers.registry import async_create_provider
from custom_components.keyholder.model.reading import CodeTarget
from custom_components.keyholder.model.pin import Pin
from tests.fixtures.zwave import *

@pytest.mark.parametrize("node", [2,3,4,5,6,7,8,9,10])
async def test_x(hass, zwave_network, node):
    n = zwave_network
    t=time.monotonic(); await n.reset(node); print("reset", time.monotonic()-t)
    t=time.monotonic(); await n.settle(node); print("settle", time.monotonic()-t)
    p = await async_create_provider(hass, n.lock_entity(node))
    ev=[]
    u = p.subscribe(ev.append)
    print(await p.async_probe())
    await n.operations(node)
    print(await p.async_read([1,3])); print("ops", await n.operations(node))
    t=time.monotonic(); print(await p.async_write(3, CodeTarget(Pin("9071"), "Ännä")), time.monotonic()-t); print("ops", await n.operations(node))
    print(await p.async_read([3])); 
    await n.operations(node)
    print(await p.async_write(3, CodeTarget(Pin("9072"), "Ännä"))); print("ops", await n.operations(node))
    print(await p.async_clear(3)); print("ops", await n.operations(node))
    print(await p.async_read([3])); 
    print(await n.truth(node))
    await n.settle(node)
    print(ev); ev.clear()
    for style in ("report","none","v1alarm"):
        await n.faults(node, userIdStyle=style)
        for a in ("keypad_unlock",): await n.act(node,a,userId=3)
        for a in ("manual_lock","auto_lock","jam","wrong_code"): await n.act(node,a)
        await n.act(node,"keypad_set_code",slot=4,code="9044")
        await n.act(node,"keypad_delete_code",slot=4)
        await n.settle(node)
        print(style, [(type(e).__name__, getattr(e,'action',None), getattr(e,'method',None), getattr(e,'slot',None), getattr(e,'change',None)) for e in ev]); ev.clear()
    t=time.monotonic(); await n.drop_connection(); print("drop",time.monotonic()-t, ev, p.is_connected); ev.clear()
    t=time.monotonic(); await n.reload(); print("reload",time.monotonic()-t, ev); ev.clear()
    u(); u()
