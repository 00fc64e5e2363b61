// What can be wrong with a simulated lock, changed at run time. Everything here is our choice of how a lock may misbehave.

/**
 * A fault that hits a number of commands: false = never, true = always, n = the next n commands.
 * @typedef {boolean | number} Countdown
 */

/** @typedef {"*" | "zeros" | "ff" | "empty" | "short"} MaskShape */

export const NO_FAULTS = Object.freeze({
	/** How an occupied slot reads: false = the code; see {@link maskCode}. @type {false | MaskShape} */
	maskReads: false,
	/** A code that is set is acknowledged but not stored. Clears are not affected. @type {Countdown} */
	dropWrites: false,
	/** A clear is acknowledged but not performed. Sets are not affected. @type {Countdown} */
	dropClears: false,
	/** A code that is set is refused (Supervision Fail; nothing at all when unsupervised). @type {Countdown} */
	rejectWrites: false,
	/** A clear is refused. @type {Countdown} */
	rejectClears: false,
	/** A dropped command is also reported as done: by the report of User Credential CC, or the notification of User Code CC. */
	reportDropped: false,
	/** User Code CC only: what is set or cleared by radio is notified too, as if it had been done at the keypad. */
	notifyRadioWrites: false,
	/** What the lock reports about a radio write, beside its answer, comes this many milliseconds later. */
	radioReportDelayMs: 0,
	/** Sets and clears get no application answer at all, stored or not. */
	unansweredWrites: false,
	/** Reads of a code get no answer. */
	unansweredReads: false,
	/** User Code CC only: this slot reads as one without a code, whatever it holds; 0 = none. */
	readsEmpty: 0,
	/** User Code CC only: reads answer status 254 (not available). */
	status254: false,
	/** User Code CC only: reads of the slots up to this one answer status 254: the lock keeps them to itself. */
	reservedSlots: 0,
	/** Sets and clears are acknowledged at once but take effect after this many milliseconds. */
	commitDelayMs: 0,
	/** Every answer of the lock is this many milliseconds late; what was asked for happens at once. */
	answerDelayMs: 0,
	/** Refuse a code that another slot has already. */
	rejectDuplicates: true,
	/** User Code CC only: the notification about such a refusal comes this many milliseconds later than usual. */
	duplicateNoticeDelayMs: 0,
	/** No acknowledgement on the radio, no answers, no reports: battery empty or out of range. */
	dead: false,
	/** The bolt jams on a lock command: the lock stays unlocked and reports the jam. */
	jam: false,
	/** User Code CC only: a change at the keypad also sends an unsolicited User Code Report. */
	reportKeypadChanges: false,
	/** How a notification carries the user. @type {"report" | "byte" | "none" | "v1alarm"} */
	userIdStyle: "report",
	/** User Code CC only: a code that is set as disabled is stored as enabled. */
	ignoreDisabled: false,
	/** A schedule is refused for a slot without a code. */
	schedulesNeedCode: false,
	/** A schedule that is set is acknowledged but not stored. @type {Countdown} */
	dropSchedules: false,
	/** The erasing of a schedule is acknowledged but not performed. @type {Countdown} */
	dropScheduleErases: false,
	/** User Code CC only: the schedules of a slot are gone when a code is set in it. */
	forgetSchedules: false,
	/** Reads of schedules get no answer. */
	unansweredScheduleReads: false,
	/** User Code CC only: the lock answers so many commands about slots, and then no read any more. @type {false | number} */
	unansweredAfter: false,
	/** The driver ends, and starts anew, when it sends a code; the lock does not receive it. @type {Countdown} */
	killDriverAtWrite: false,
	/** Operations by radio are notified as such. */
	notifyRf: true,
});

/** @typedef {{ -readonly [K in keyof typeof NO_FAULTS]: (typeof NO_FAULTS)[K] }} Faults */

const CHOICES = {
	maskReads: [false, "*", "zeros", "ff", "empty", "short"],
	userIdStyle: ["report", "byte", "none", "v1alarm"],
};
const COUNTDOWNS = new Set([
	"dropWrites", "dropClears", "rejectWrites", "rejectClears", "dropSchedules", "dropScheduleErases", "killDriverAtWrite",
]);

/**
 * Check a change of faults before any of it is applied.
 * @param {Record<string, unknown>} patch
 * @returns {Partial<Faults>}
 */
export function checkFaults(patch) {
	for (const [name, value] of Object.entries(patch)) {
		if (!(name in NO_FAULTS)) throw new Error(`unknown fault ${name}`);
		const choices = CHOICES[name];
		const natural = typeof value === "number" && Number.isInteger(value) && value >= 0;
		const valid = choices
			? choices.includes(value)
			: COUNTDOWNS.has(name) || (name === "unansweredAfter" && value !== true)
				? typeof value === "boolean" || natural
				: typeof NO_FAULTS[name] === "number" ? natural : typeof value === "boolean";
		if (!valid) throw new Error(`fault ${name} cannot be ${JSON.stringify(value)}`);
	}
	return patch;
}

/**
 * Whether a countdown fault hits this command; uses up one of its count.
 * @param {Faults} faults
 * @param {string} name one of those that count
 */
export function strikes(faults, name) {
	const value = faults[name];
	if (typeof value !== "number") return value;
	if (value === 0) return false;
	faults[name] = value - 1;
	return true;
}

/**
 * What a reader gets for an occupied slot: "*" = one asterisk per digit, "short" = always four asterisks,
 * "zeros"/"ff" = that byte per digit, "empty" = occupied with no code at all.
 * @param {Faults} faults
 * @param {Uint8Array} code
 * @returns {Uint8Array}
 */
export function maskCode(faults, code) {
	switch (faults.maskReads) {
		case "*": return new Uint8Array(code.length).fill(0x2a);
		case "short": return new Uint8Array(4).fill(0x2a);
		case "zeros": return new Uint8Array(code.length);
		case "ff": return new Uint8Array(code.length).fill(0xff);
		case "empty": return new Uint8Array();
		default: return code;
	}
}
