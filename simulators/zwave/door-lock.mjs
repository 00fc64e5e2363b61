// The bolt of a simulated lock: Door Lock CC, and who moved it.
import { DoorLockMode } from "@zwave-js/cc";
import { DoorLockCCOperationGet, DoorLockCCOperationReport, DoorLockCCOperationSet } from "@zwave-js/cc/DoorLockCC";
import { Duration } from "@zwave-js/core";
import { EVENTS } from "./notifications.mjs";

/** A real bolt needs a second or so; the report of an operation by radio follows it */
const BOLT_TRAVEL_MS = 20;
const HANDLES = [true, false, false, false];

export class Bolt {
	/** @param {import("./lock.mjs").SimLock} lock */
	constructor(lock) {
		this.lock = lock;
		this.reset();
	}

	reset() {
		this.locked = this.lock.spec.locked !== false;
	}

	handle(cc) {
		if (cc instanceof DoorLockCCOperationGet) return { response: { action: "sendCC", cc: this.#report() } };
		if (cc instanceof DoorLockCCOperationSet) return { response: { action: this.#operate(cc.mode) } };
	}

	#operate(mode) {
		const { lock } = this;
		const locking = mode === DoorLockMode.Secured;
		if (locking && lock.faults.jam) {
			lock.later(BOLT_TRAVEL_MS, () => lock.notifications.notify(EVENTS.jammed));
			return "fail";
		}
		this.locked = locking;
		lock.later(BOLT_TRAVEL_MS, async () => {
			if (lock.faults.notifyRf) await lock.notifications.notify(locking ? EVENTS.rfLock : EVENTS.rfUnlock);
			await this.reportState();
		});
		return "ok";
	}

	/**
	 * The bolt moved by other means than the radio.
	 * @param {boolean} locked
	 * @param {number} event how
	 * @param {number} [userId] by whom
	 */
	async moved(locked, event, userId) {
		this.locked = locked;
		await this.lock.notifications.notify(event, userId);
		await this.reportState();
	}

	async reportState() {
		await this.lock.send(this.#report());
	}

	#report() {
		const mode = this.locked ? DoorLockMode.Secured : DoorLockMode.Unsecured;
		return new DoorLockCCOperationReport({
			nodeId: this.lock.controllerId,
			currentMode: mode,
			targetMode: mode,
			duration: new Duration(0, "seconds"),
			outsideHandlesCanOpenDoor: HANDLES,
			insideHandlesCanOpenDoor: HANDLES,
			boltStatus: this.locked ? "locked" : "unlocked",
		});
	}
}
