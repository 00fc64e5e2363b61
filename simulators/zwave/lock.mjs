// One simulated lock: its parts, its faults, what it received, and its connection to the mock port.
import { Security2CC } from "@zwave-js/cc/Security2CC";
import { createMockZWaveRequestFrame } from "@zwave-js/testing";
import { setTimeout as sleep } from "node:timers/promises";
import { Bolt } from "./door-lock.mjs";
import { checkFaults, NO_FAULTS, strikes } from "./faults.mjs";
import { Notifications } from "./notifications.mjs";
import { Schedules } from "./schedules.mjs";
import { UserCodes } from "./user-code.mjs";
import { UserCredentials } from "./user-credential.mjs";

const FRAME_LOG_LENGTH = 500;
const STOP = { action: "stop" };
const noCounts = () => ({ writes: 0, clears: 0, reads: 0, other: 0 });

export class SimLock {
	/** @type {import("./faults.mjs").Faults} */
	faults;
	/** What the lock received, oldest first; codes are in here and leave only when asked for. */
	frames = [];
	counts = noCounts();
	/** Ends the driver, for the fault that does so. @type {() => void} */
	killDriver = () => {};
	/** @type {import("@zwave-js/testing").MockNode | undefined} */
	#mock;
	/** Everything planned that a reset takes back */
	#planned = new AbortController();

	/** @param {import("./profiles.mjs").LockSpec} spec */
	constructor(spec) {
		this.spec = spec;
		this.faults = { ...NO_FAULTS, ...checkFaults(spec.faults ?? {}) };
		this.notifications = new Notifications(this);
		this.bolt = new Bolt(this);
		this.codes = spec.profile.startsWith("u3c") ? new UserCredentials(this) : new UserCodes(this);
		this.schedules = new Schedules(this);
	}

	get id() { return this.spec.id; }
	/** Whether it has answered as much as it was to. */
	get isUnanswering() { return this.faults.unansweredAfter === 0; }
	get controllerId() { return this.#mock.controller.ownNodeId; }

	/** Attach this node to the mock port; called again after a restart of the driver. */
	attach(mock) {
		this.#mock = mock;
		mock.defineBehavior({ handleCC: (_controller, _self, cc) => this.#receive(cc) });
		this.#listenOrNot();
	}

	/** @param {Record<string, unknown>} patch */
	setFaults(patch) {
		Object.assign(this.faults, checkFaults(patch));
		this.#listenOrNot();
	}

	resetFaults() { this.setFaults({ ...NO_FAULTS, ...this.spec.faults }); }

	/** Back to the spec, and nothing planned before happens any more. */
	reset() {
		this.#planned.abort();
		this.#planned = new AbortController();
		this.resetFaults();
		this.codes.reset();
		this.schedules.reset();
		this.bolt.reset();
		this.notifications.reset();
		// What the stock behaviours keep
		this.#mock.state.clear();
		this.resetCounts();
	}

	resetCounts() {
		this.counts = noCounts();
		this.frames.length = 0;
		this.schedules.forgetUnrestricted();
	}

	/** What is really in the lock, never masked. */
	truth() {
		const codes = Object.fromEntries(this.codes.truth().map(({ slot, code, enabled }) => [slot, { code, enabled }]));
		return {
			id: this.id, profile: this.spec.profile, locked: this.bolt.locked,
			battery: this.notifications.battery, codes,
			schedules: this.schedules.truth(), unrestricted: this.schedules.unrestricted, clock: this.schedules.clock,
			faults: this.faults,
		};
	}

	/** Hold what an earlier run held. @param {{locked: boolean, codes: Record<string, {code: string, enabled: boolean}>, schedules?: object}} remembered */
	restore({ locked, codes, schedules = {} }) {
		this.bolt.locked = locked;
		this.codes.eraseAll();
		for (const [slot, { code, enabled }] of Object.entries(codes)) this.codes.store(+slot, code, enabled);
		this.schedules.restore(schedules);
	}

	/** Do something in a moment, unless the lock is reset before. */
	later(ms, action) {
		const { signal } = this.#planned;
		setTimeout(() => { if (!signal.aborted) void Promise.resolve(action()).catch(reportFailure); }, ms);
	}

	/** Change the memory now, or when the lock gets to it. */
	commit(change) {
		const commit = () => {
			change();
			this.schedules.observe();
		};
		if (this.faults.commitDelayMs) this.later(this.faults.commitDelayMs, commit);
		else commit();
	}

	/** Send something unasked. A secure node has to encrypt it, or the driver drops it without a word. */
	async send(cc) {
		if (this.faults.dead) return;
		const mock = this.#mock;
		const frame = this.spec.security === "s2" ? Security2CC.encapsulate(cc, mock.id, mock.securityManagers) : cc;
		await mock.sendToController(createMockZWaveRequestFrame(frame, { ackRequested: false }));
	}

	/** Answers one unwrapped command; undefined leaves it to the stock behaviours. */
	async #receive(cc) {
		this.#forgetTraffic();
		if (this.faults.dead) return STOP;
		const about = this.codes.classify(cc) ?? this.schedules.classify(cc);
		if (about?.kind === "writes" && strikes(this.faults, "killDriverAtWrite")) {
			// The stick was pulled out before anything was on the air
			this.killDriver();
			return STOP;
		}
		this.#record(cc, about);
		const { signal } = this.#planned;
		const answer = this.#answer(cc);
		if (about?.slot !== undefined && this.faults.unansweredAfter > 0) this.faults.unansweredAfter -= 1;
		this.schedules.observe();
		if (this.faults.answerDelayMs) await sleep(this.faults.answerDelayMs);
		if (signal.aborted) return STOP;
		await this.#report(answer?.reports ?? []);
		return answer?.response;
	}

	/** What the lock reports on its own about a command, now or some time after it. */
	async #report(reports) {
		const send = async () => { for (const report of reports) await this.send(report); };
		if (this.faults.radioReportDelayMs) this.later(this.faults.radioReportDelayMs, send);
		else await send();
	}

	#answer(cc) {
		for (const part of [this.codes, this.schedules, this.bolt, this.notifications]) {
			const answer = part.handle(cc);
			if (answer) return answer;
		}
	}

	#record(cc, about) {
		this.counts[about?.kind ?? "other"] += 1;
		this.frames.push({ t: Date.now(), cc: cc.constructor.name, slot: about?.slot, enables: about?.enables, erases: about?.erases, code: about?.code });
		if (this.frames.length > FRAME_LOG_LENGTH) this.frames.shift();
	}

	/** The mock keeps every frame for ever, codes included. */
	#forgetTraffic() {
		this.#mock.clearReceivedControllerFrames();
		this.#mock.clearSentControllerFrames();
		this.#mock.controller.clearReceivedHostMessages();
	}

	#listenOrNot() {
		if (this.#mock) this.#mock.autoAckControllerFrames = !this.faults.dead;
	}
}

/** Errors are logged without the frame that caused them: it may hold a code. */
const reportFailure = (error) => console.error(`lock: ${error.name} ${error.code ?? ""}`);
