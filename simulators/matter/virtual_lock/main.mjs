#!/usr/bin/env node
// A virtual Matter door lock: main.mjs '{"storage": FOLDER, …}'. One argument, as matter.js takes every --name=value for
// a setting of its own. The control channel answers when a controller can commission the lock.
import "./gaps.mjs";
import { Environment, Logger } from "@matter/main";
import { createControl } from "./control.mjs";
import { createDevice } from "./device.mjs";

/**
 * storage: folder that keeps what the lock holds, and who has commissioned it
 * control_fd: a listening socket that was inherited; without it, control_port on the loopback interface (0: a free one)
 */
const { storage, port = 5540, control_fd, control_port = 0, limits = {}, name = "Virtual Lock", serial = "VIRTUAL-1", log = "warn" } = JSON.parse(process.argv[2] ?? "{}");
if (!storage) {
	console.error('usage: main.mjs \'{"storage": FOLDER, "control_fd": 3, "limits": {"users": 20}, "log": "warn"}\'');
	process.exit(2);
}

Logger.level = log;
Environment.default.vars.set("storage.path", storage);
const { node, lock } = await createDevice({ port, limits, name, serial });
await node.start();
const { manualPairingCode } = node.state.commissioning.pairingCodes;
const control = createControl(lock, manualPairingCode);
const where = control_fd === undefined ? { port: control_port, host: "127.0.0.1" } : { fd: control_fd };
await new Promise((resolve) => control.listen(where, resolve));
process.once("SIGTERM", () => node.close().finally(() => process.exit(0)));
console.log(`ready: pairing code ${manualPairingCode}, control on port ${control.address().port}`);
