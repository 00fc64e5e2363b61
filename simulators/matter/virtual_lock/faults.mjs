// What goes wrong with commands, in the words of the fake (simulators/matter/faults.py).
import { Status, StatusResponseError } from "@matter/main/types";

/**
 * @typedef {object} Fault
 * @property {"refused"|"answered"|"slow"|"applied_then_refused"|"answer_lost"|"silently_dropped"} kind
 * @property {number} [count] how many commands it hits; without it, all
 * @property {number} [status] of the interaction model
 * @property {number} [cluster] the door lock's own status
 * @property {object} [answer] fields as matter.js names them
 * @property {number} [seconds]
 */

/** A server gives a command up after twelve to fifteen seconds. */
const LOST_SECONDS = 60;

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000).unref());

export class Faults {
	/** @type {Map<string, Fault>} */
	#byCommand = new Map();
	/** @type {{command: string, fault: string | null, at: number}[]} all that came, without what was in it */
	received = [];

	/** @param {string} command as the cluster names it, or "*" for all */
	add(command, fault) {
		this.#byCommand.set(command, { ...fault });
	}

	clear() {
		this.#byCommand.clear();
		this.received = [];
	}

	/**
	 * Does a command, or what its fault makes of it.
	 * @param {string} command
	 * @param {() => object | undefined} apply what the lock does without a fault
	 * @param {() => Promise<void>} keep makes what was done last, although the command fails
	 */
	async meet(command, apply, keep) {
		const fault = this.#take(command);
		this.received.push({ command, fault: fault?.kind ?? null, at: Date.now() });
		switch (fault?.kind) {
			case undefined:
				return apply();
			case "slow":
				await pause(fault.seconds);
				return apply();
			case "refused":
				throw refusal(fault);
			case "answered":
				return fault.answer;
			case "silently_dropped":
				return command === "SetCredential" ? { status: Status.Success, userIndex: null, nextCredentialIndex: null } : undefined;
			case "applied_then_refused":
				await apply();
				await keep();
				throw refusal(fault);
			case "answer_lost": {
				const answer = await apply();
				await keep();
				await pause(LOST_SECONDS);
				return answer;
			}
			default:
				throw new Error(`no fault ${fault.kind}`);
		}
	}

	#take(command) {
		const key = this.#byCommand.has(command) ? command : "*";
		const fault = this.#byCommand.get(key);
		if (fault?.count !== undefined && --fault.count <= 0) this.#byCommand.delete(key);
		return fault;
	}
}

function refusal({ status = Status.Failure, cluster }) {
	return new StatusResponseError("as was wanted", status, cluster);
}
