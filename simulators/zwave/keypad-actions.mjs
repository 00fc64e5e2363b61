// What a person, or the lock itself, does at the door.
import { EVENTS } from "./notifications.mjs";

/** @typedef {{userId?: number, slot?: number, code?: string, level?: number, type?: number}} Details */

/** @type {Record<string, (lock: import("./lock.mjs").SimLock, details: Details) => void | Promise<void>>} */
const ACTIONS = {
	keypad_unlock: (lock, { userId }) => lock.bolt.moved(false, EVENTS.keypadUnlock, userId),
	keypad_lock: (lock, { userId }) => lock.bolt.moved(true, EVENTS.keypadLock, userId),
	manual_unlock: (lock) => lock.bolt.moved(false, EVENTS.manualUnlock),
	manual_lock: (lock) => lock.bolt.moved(true, EVENTS.manualLock),
	auto_lock: (lock) => lock.bolt.moved(true, EVENTS.autoLock),
	jam: (lock) => lock.notifications.notify(EVENTS.jammed),
	idle: (lock) => lock.notifications.notifyIdle(),
	wrong_code: (lock) => lock.notifications.notify(EVENTS.tooManyInvalid),
	alarm: (lock, { type, level }) => lock.notifications.alarm(needed(type, "type"), needed(level, "level")),
	battery: (lock, { level }) => lock.notifications.reportBattery(needed(level, "level")),
	keypad_set_code: async (lock, { slot, code }) => {
		const replaced = lock.codes.has(needed(slot, "slot"));
		lock.codes.store(slot, needed(code, "code"));
		await lock.codes.announceStored(slot, replaced);
	},
	keypad_delete_code: async (lock, { slot }) => {
		lock.codes.erase(needed(slot, "slot"));
		await lock.codes.announceErased(slot);
	},
	keypad_delete_all: async (lock) => {
		lock.codes.eraseAll();
		await lock.codes.announceAllErased();
	},
	keypad_duplicate: (lock, { slot }) => lock.notifications.notify(EVENTS.duplicateCode, needed(slot, "slot")),
	// Another controller, or the lock's own menu: nothing is reported
	unreported_set_code: (lock, { slot, code }) => lock.codes.store(needed(slot, "slot"), needed(code, "code")),
	unreported_delete_code: (lock, { slot }) => lock.codes.erase(needed(slot, "slot")),
};

/**
 * @param {import("./lock.mjs").SimLock} lock
 * @param {Details & {do: string}} act
 */
export async function act(lock, { do: what, ...details }) {
	if (!Object.hasOwn(ACTIONS, what)) throw new Error(`unknown act ${what}`);
	await ACTIONS[what](lock, details);
}

function needed(value, name) {
	if (value === undefined) throw new Error(`this act needs ${name}`);
	return value;
}
