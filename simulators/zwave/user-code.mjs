// The code memory of a lock that speaks User Code CC: one code per slot, slot and user are the same number.
import { UserIDStatus } from "@zwave-js/cc";
import {
	UserCodeCCExtendedUserCodeSet, UserCodeCCGet, UserCodeCCReport, UserCodeCCSet, UserCodeCCValues,
} from "@zwave-js/cc/UserCodeCC";
import { Bytes } from "@zwave-js/shared";
import { maskCode, strikes } from "./faults.mjs";
import { EVENTS } from "./notifications.mjs";
import { slotsOf } from "./profiles.mjs";

/** A lock refuses first and reports why a moment later */
const REACTION_MS = 20;

const toBytes = (code) => typeof code === "string" ? Bytes.from(code, "ascii") : Bytes.view(code);

export class UserCodes {
	/** slot -> what is in it; empty slots are absent. @type {Map<number, {status: number, code: Bytes}>} */
	#slots = new Map();

	/** @param {import("./lock.mjs").SimLock} lock */
	constructor(lock) {
		this.lock = lock;
		this.reset();
	}

	reset() {
		this.#slots.clear();
		for (const [slot, code] of Object.entries(this.lock.spec.codes ?? {})) this.store(+slot, code);
	}

	/** Slot -> code, as they really are. */
	truth() {
		return [...this.#slots].map(([slot, { status, code }]) => ({
			slot, code: code.toString("ascii"), enabled: status === UserIDStatus.Enabled,
		}));
	}

	has(slot) { return this.#slots.has(slot); }
	store(slot, code, enabled = true) {
		this.#slots.set(slot, { status: enabled ? UserIDStatus.Enabled : UserIDStatus.Disabled, code: toBytes(code) });
	}
	erase(slot) { this.#slots.delete(slot); }
	eraseAll() { this.#slots.clear(); }

	/** How a frame counts, and which slot and code it is about; undefined when it is none of ours. */
	classify(cc) {
		if (cc instanceof UserCodeCCGet) return { kind: "reads", slot: cc.userId };
		const writes = this.#writes(cc);
		if (!writes) return undefined;
		const clear = writes.every(({ status }) => status === UserIDStatus.Available);
		return { kind: clear ? "clears" : "writes", slot: writes[0]?.slot, enables: clear ? undefined : writes[0]?.status === UserIDStatus.Enabled, code: clear ? undefined : writes[0]?.code.toString("ascii") };
	}

	handle(cc) {
		if (cc instanceof UserCodeCCGet) return { response: this.#read(cc.userId) };
		const writes = this.#writes(cc);
		if (!writes) return undefined;
		const failed = writes.map((write) => this.#write(write)).includes(false);
		return { response: { action: this.lock.faults.unansweredWrites ? "stop" : failed ? "fail" : "ok" } };
	}

	/** What a change at the keypad of this slot sends on its own. */
	async announce(event, slot) {
		await this.lock.notifications.notify(event, slot);
		if (this.lock.faults.reportKeypadChanges && slot !== undefined) await this.lock.send(this.#report(slot));
	}

	announceStored(slot) { return this.announce(EVENTS.codeAdded, slot); }
	announceErased(slot) { return this.announce(EVENTS.codeDeleted, slot); }
	announceAllErased() { return this.announce(EVENTS.allCodesDeleted); }

	/**
	 * Let the driver read again every slot that it or the lock thinks occupied.
	 * @param {import("zwave-js").ZWaveNode} node the driver's view of this lock
	 */
	async refreshDriver(node) {
		const cached = node.valueDB
			.findValues((id) => UserCodeCCValues.userIdStatus.is(id))
			.filter(({ value }) => value !== UserIDStatus.Available)
			.map(({ propertyKey }) => Number(propertyKey));
		for (const slot of new Set([...cached, ...this.#slots.keys()])) await node.commandClasses["User Code"].get(slot);
	}

	#writes(cc) {
		if (cc instanceof UserCodeCCSet) return [normalise(cc)];
		if (cc instanceof UserCodeCCExtendedUserCodeSet) return cc.userCodes.map(normalise);
	}

	#read(slot) {
		return this.lock.faults.unansweredReads || this.lock.isUnanswering ? { action: "stop" } : { action: "sendCC", cc: this.#report(slot) };
	}

	#report(slot) {
		const { faults, spec, controllerId } = this.lock;
		const held = faults.readsEmpty === slot ? undefined : this.#slots.get(slot);
		const unavailable = faults.status254 || slot < 1 || slot <= faults.reservedSlots || slot > slotsOf(spec);
		return new UserCodeCCReport({
			nodeId: controllerId,
			userId: slot,
			userIdStatus: unavailable ? UserIDStatus.StatusNotAvailable : held?.status ?? UserIDStatus.Available,
			userCode: unavailable || !held ? undefined : Bytes.view(maskCode(faults, held.code)),
		});
	}

	/** @returns {boolean} what the lock answers: done or refused */
	#write({ slot, status, code }) {
		const { faults, spec } = this.lock;
		const clear = status === UserIDStatus.Available;
		if (slot > slotsOf(spec)) return false;
		if (strikes(faults, clear ? "rejectClears" : "rejectWrites")) return false;
		if (strikes(faults, clear ? "dropClears" : "dropWrites")) {
			if (faults.reportDropped) this.#echo(slot, clear);
			return true;
		}
		if (!clear && faults.rejectDuplicates && this.#isDuplicate(slot, code)) {
			const delay = REACTION_MS + faults.duplicateNoticeDelayMs;
			this.lock.later(delay, () => this.lock.notifications.notify(EVENTS.duplicateCode, slot));
			return false;
		}
		this.lock.commit(() => {
			if (!clear) this.#keep(slot, status, code);
			else if (slot === 0) this.eraseAll();
			else this.erase(slot);
			this.#echo(slot, clear);
		});
		return true;
	}

	#keep(slot, status, code) {
		const { faults, schedules } = this.lock;
		this.#slots.set(slot, { status: faults.ignoreDisabled ? UserIDStatus.Enabled : status, code });
		if (faults.forgetSchedules) schedules.forget(slot);
	}

	/** Some locks report changes by radio. */
	#echo(slot, clear) {
		const { faults } = this.lock;
		if (!faults.notifyRadioWrites) return;
		this.lock.later(REACTION_MS + faults.radioReportDelayMs, () => {
			if (!clear) return this.announceStored(slot);
			return slot === 0 ? this.announceAllErased() : this.announceErased(slot);
		});
	}

	#isDuplicate(slot, code) {
		return [...this.#slots].some(([other, held]) => other !== slot && held.code.equals(code));
	}
}

const normalise = ({ userId, userIdStatus, userCode }) => ({
	slot: userId, status: userIdStatus, code: toBytes(userCode ?? ""),
});
