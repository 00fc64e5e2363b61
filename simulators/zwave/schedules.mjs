// When a code opens: Schedule Entry Lock CC, and the clock that it goes by.
import { ScheduleEntryLockScheduleKind as Kind, ScheduleEntryLockSetAction } from "@zwave-js/cc";
import {
	ScheduleEntryLockCCDailyRepeatingScheduleGet, ScheduleEntryLockCCDailyRepeatingScheduleReport,
	ScheduleEntryLockCCDailyRepeatingScheduleSet, ScheduleEntryLockCCEnableAllSet, ScheduleEntryLockCCEnableSet,
	ScheduleEntryLockCCTimeOffsetGet, ScheduleEntryLockCCTimeOffsetReport, ScheduleEntryLockCCTimeOffsetSet,
	ScheduleEntryLockCCWeekDayScheduleGet, ScheduleEntryLockCCWeekDayScheduleReport, ScheduleEntryLockCCWeekDayScheduleSet,
	ScheduleEntryLockCCYearDayScheduleGet, ScheduleEntryLockCCYearDayScheduleReport, ScheduleEntryLockCCYearDayScheduleSet,
} from "@zwave-js/cc/ScheduleEntryLockCC";
import { TimeParametersCCSet } from "@zwave-js/cc/TimeParametersCC";
import { strikes } from "./faults.mjs";
import { scheduleSlotsOf, slotsOf } from "./profiles.mjs";

/** What each kind of entry is made of, and the commands about it. */
const KINDS = [
	{
		kind: Kind.WeekDay, name: "weekDays", fields: ["weekday", "startHour", "startMinute", "stopHour", "stopMinute"],
		Set: ScheduleEntryLockCCWeekDayScheduleSet, Get: ScheduleEntryLockCCWeekDayScheduleGet,
		Report: ScheduleEntryLockCCWeekDayScheduleReport,
	},
	{
		kind: Kind.YearDay, name: "yearDays",
		fields: ["start", "stop"].flatMap((end) => ["Year", "Month", "Day", "Hour", "Minute"].map((part) => end + part)),
		Set: ScheduleEntryLockCCYearDayScheduleSet, Get: ScheduleEntryLockCCYearDayScheduleGet,
		Report: ScheduleEntryLockCCYearDayScheduleReport,
	},
	{
		kind: Kind.DailyRepeating, name: "daily",
		fields: ["weekdays", "startHour", "startMinute", "durationHour", "durationMinute"],
		Set: ScheduleEntryLockCCDailyRepeatingScheduleSet, Get: ScheduleEntryLockCCDailyRepeatingScheduleGet,
		Report: ScheduleEntryLockCCDailyRepeatingScheduleReport,
	},
];

/** What one user has: entries by kind and number, the kind that counts (the last one that was set), and whether it does. */
const nothing = () => ({ enabled: false, kind: null, weekDays: {}, yearDays: {}, daily: {} });
const reply = (cc) => ({ response: { action: "sendCC", cc } });
const result = (done) => ({ response: { action: done ? "ok" : "fail" } });

export class Schedules {
	/** slot -> what it has; absent where nothing was ever set. @type {Map<number, ReturnType<typeof nothing>>} */
	#slots = new Map();
	/** Slots whose code was live at any time since the counters were reset, with no schedule in force. @type {Set<number>} */
	#unrestricted = new Set();
	/** Set by the controller, and kept over a reset like everything that only an interview sets. */
	#clock = { sets: 0, standardOffset: 0, dstOffset: 0 };

	/** @param {import("./lock.mjs").SimLock} lock */
	constructor(lock) { this.lock = lock; }

	reset() { this.#slots.clear(); }
	restore(schedules) { this.#slots = new Map(Object.entries(schedules).map(([slot, held]) => [+slot, { ...nothing(), ...held }])); }

	/** Slot -> entries, of the slots that have any. */
	truth() {
		return Object.fromEntries([...this.#slots].filter(([, held]) => KINDS.some(({ name }) => Object.keys(held[name]).length)));
	}

	forget(slot) { this.#slots.delete(slot); }

	get clock() { return this.#clock; }
	get unrestricted() { return [...this.#unrestricted].sort((a, b) => a - b); }
	forgetUnrestricted() { this.#unrestricted.clear(); }

	/** Called after every change: what can be opened now. */
	observe() {
		for (const { slot, enabled } of this.lock.codes.truth()) {
			if (enabled && !this.#isRestricted(slot)) this.#unrestricted.add(slot);
		}
	}

	/** Whether the code of a slot opens at a local wall time. @param {string} at YYYY-MM-DDTHH:MM */
	opens(slot, at) {
		if (!this.lock.codes.truth().some((held) => held.slot === slot && held.enabled)) return false;
		if (!this.#isRestricted(slot)) return true;
		const held = this.#slots.get(slot);
		const { name } = KINDS.find(({ kind }) => kind === held.kind);
		return Object.values(held[name]).some((entry) => COVERS[name](entry, new Date(`${at}Z`)));
	}

	/** What the frame log has of a frame beside its name. */
	classify(cc) {
		const known = KINDS.find(({ Set, Get }) => cc instanceof Set || cc instanceof Get);
		if (!known && !(cc instanceof ScheduleEntryLockCCEnableSet)) return undefined;
		return { kind: "other", slot: cc.userId, erases: known && cc instanceof known.Set ? isErase(cc) : undefined };
	}

	handle(cc) {
		const { lock } = this;
		if (cc instanceof TimeParametersCCSet || cc instanceof ScheduleEntryLockCCTimeOffsetSet) return this.#setClock(cc);
		if (cc instanceof ScheduleEntryLockCCTimeOffsetGet) {
			const { standardOffset, dstOffset } = this.#clock;
			return reply(new ScheduleEntryLockCCTimeOffsetReport({ nodeId: lock.controllerId, standardOffset, dstOffset }));
		}
		if (cc instanceof ScheduleEntryLockCCEnableSet) return this.#enable([cc.userId], cc.enabled);
		if (cc instanceof ScheduleEntryLockCCEnableAllSet) return this.#enable(this.#slots.keys(), cc.enabled);
		for (const known of KINDS) {
			if (cc instanceof known.Set) return result(this.#set(known, cc));
			if (cc instanceof known.Get) return this.#get(known, cc);
		}
	}

	#isRestricted(slot) {
		const held = this.#slots.get(slot);
		const active = KINDS.find(({ kind }) => kind === held?.kind);
		return Boolean(held?.enabled && active && Object.keys(held[active.name]).length);
	}

	#setClock(cc) {
		if (cc instanceof TimeParametersCCSet) this.#clock.sets += 1;
		else Object.assign(this.#clock, { standardOffset: cc.standardOffset, dstOffset: cc.dstOffset });
		return result(true);
	}

	#enable(slots, enabled) {
		for (const slot of slots) this.#of(slot).enabled = enabled;
		return result(true);
	}

	#get({ name, Report }, { userId, slotId }) {
		if (this.lock.faults.unansweredScheduleReads || this.lock.isUnanswering || !this.#exists(name, userId, slotId)) return { response: { action: "stop" } };
		const entry = this.#slots.get(userId)?.[name][slotId];
		return reply(new Report({ nodeId: this.lock.controllerId, userId, slotId, ...entry }));
	}

	/** @returns {boolean} what the lock answers: done or refused */
	#set({ kind, name, fields }, cc) {
		const { faults, codes } = this.lock;
		const { userId, slotId } = cc;
		if (isErase(cc)) {
			if (userId > slotsOf(this.lock.spec)) return false;
			if (!strikes(faults, "dropScheduleErases")) this.#erase(name, userId, slotId);
			return true;
		}
		if (!this.#exists(name, userId, slotId)) return false;
		if (faults.schedulesNeedCode && !codes.has(userId)) return false;
		if (strikes(faults, "dropSchedules")) return true;
		const held = this.#of(userId);
		held[name][slotId] = Object.fromEntries(fields.map((field) => [field, cc[field]]));
		// As the command class says: what is set counts, and no other kind
		Object.assign(held, { kind, enabled: true });
		return true;
	}

	#erase(name, userId, slotId) {
		const entries = this.#of(userId)[name];
		// Entry 0 stands for all of them
		for (const each of slotId === 0 ? Object.keys(entries) : [slotId]) delete entries[each];
	}

	#exists(name, userId, slotId) {
		return userId >= 1 && userId <= slotsOf(this.lock.spec) && slotId >= 1 && slotId <= scheduleSlotsOf(this.lock.spec)[name];
	}

	#of(slot) {
		if (!this.#slots.has(slot)) this.#slots.set(slot, nothing());
		return this.#slots.get(slot);
	}
}

const isErase = (cc) => cc.action === ScheduleEntryLockSetAction.Erase;

const DAY_MINUTES = 24 * 60;
const minuteOf = (date) => date.getUTCHours() * 60 + date.getUTCMinutes();
const minute = (entry, end) => entry[`${end}Hour`] * 60 + entry[`${end}Minute`];
const moment = (entry, end) => Date.UTC(
	2000 + entry[`${end}Year`], entry[`${end}Month`] - 1, entry[`${end}Day`], entry[`${end}Hour`], entry[`${end}Minute`],
);

/** Whether an entry covers a moment; a start counts, an end does not. Local wall time, held in a UTC date. */
const COVERS = {
	weekDays: (entry, at) => entry.weekday === at.getUTCDay() && minute(entry, "start") <= minuteOf(at) && minuteOf(at) < minute(entry, "stop"),
	yearDays: (entry, at) => moment(entry, "start") <= at.getTime() && at.getTime() < moment(entry, "stop"),
	daily: (entry, at) => {
		// It belongs to the day that it starts on, and may end on the next
		const since = (minuteOf(at) - minute(entry, "start") + DAY_MINUTES) % DAY_MINUTES;
		const day = (at.getUTCDay() + (since > minuteOf(at) ? 6 : 0)) % 7;
		return entry.weekdays.includes(day) && since < minute(entry, "duration");
	},
};
