// Access Control notifications and battery reports of a simulated lock.
import { BatteryCCGet, BatteryCCReport } from "@zwave-js/cc/BatteryCC";
import { NotificationCCGet, NotificationCCReport } from "@zwave-js/cc/NotificationCC";
import { Bytes } from "@zwave-js/shared";

export const ACCESS_CONTROL = 0x06;

/** Access Control events the locks can send (Notification CC type 6) */
export const EVENTS = Object.freeze({
	manualLock: 0x01,
	manualUnlock: 0x02,
	rfLock: 0x03,
	rfUnlock: 0x04,
	keypadLock: 0x05,
	keypadUnlock: 0x06,
	manualNotFullyLocked: 0x07,
	autoLock: 0x09,
	jammed: 0x0b,
	allCodesDeleted: 0x0c,
	codeDeleted: 0x0d,
	codeAdded: 0x0e,
	duplicateCode: 0x0f,
	keypadDisabled: 0x10,
	tooManyInvalid: 0x13,
});
const IDLE = 0x00;

/** Alarm types of locks from before Notification V2, as Kwikset and Yale used them */
const V1_ALARM_TYPES = {
	[EVENTS.manualLock]: 21,
	[EVENTS.manualUnlock]: 22,
	[EVENTS.rfLock]: 24,
	[EVENTS.rfUnlock]: 25,
	[EVENTS.keypadLock]: 18,
	[EVENTS.keypadUnlock]: 19,
	[EVENTS.manualNotFullyLocked]: 17,
	[EVENTS.autoLock]: 27,
	[EVENTS.jammed]: 9,
	[EVENTS.allCodesDeleted]: 32,
	[EVENTS.codeDeleted]: 33,
	[EVENTS.codeAdded]: 112,
	[EVENTS.duplicateCode]: 113,
	[EVENTS.tooManyInvalid]: 161,
};
/** What the alarm level says where it is not the user: 1 with type 161 is the keypad, 2 would be the cover */
const V1_ALARM_LEVELS = { [EVENTS.tooManyInvalid]: 1 };

/** How a user id travels inside a notification: as an encapsulated User Code Report, or as the bare byte */
const userParameters = {
	report: (userId) => Bytes.from([0x63, 0x03, userId, 0x01, 0, 0, 0, 0]),
	byte: (userId) => Bytes.from([userId]),
	none: () => undefined,
};

export class Notifications {
	/** @param {import("./lock.mjs").SimLock} lock */
	constructor(lock) {
		this.lock = lock;
		this.reset();
	}

	reset() {
		this.battery = this.lock.spec.battery ?? 87;
		this.jammed = false;
	}

	/** Answers what the stock behaviours leave unanswered (1 s of interview per node otherwise). */
	handle(cc) {
		const nodeId = this.lock.controllerId;
		if (cc instanceof BatteryCCGet) {
			return { response: { action: "sendCC", cc: new BatteryCCReport({ nodeId, level: this.battery }) } };
		}
		if (cc instanceof NotificationCCGet) {
			const report = new NotificationCCReport({
				nodeId, alarmType: 0, alarmLevel: 0,
				notificationType: cc.notificationType ?? ACCESS_CONTROL,
				notificationEvent: this.jammed ? EVENTS.jammed : IDLE,
				notificationStatus: 0xff,
			});
			return { response: { action: "sendCC", cc: report } };
		}
	}

	/**
	 * Notify the controller of what happened at the lock.
	 * @param {number} event one of {@link EVENTS}
	 * @param {number} [userId]
	 */
	async notify(event, userId) {
		this.jammed = event === EVENTS.jammed;
		const nodeId = this.lock.controllerId;
		const style = this.lock.faults.userIdStyle;
		if (style === "v1alarm") {
			// The age of alarms had no word for the end of one, nor for some other things
			const alarmType = V1_ALARM_TYPES[event];
			const alarmLevel = userId ?? V1_ALARM_LEVELS[event] ?? 0;
			if (alarmType) await this.lock.send(new NotificationCCReport({ nodeId, alarmType, alarmLevel }));
			return;
		}
		await this.lock.send(new NotificationCCReport({
			nodeId, alarmType: 0, alarmLevel: 0,
			notificationType: ACCESS_CONTROL, notificationEvent: event, notificationStatus: 0xff,
			eventParameters: userId === undefined ? undefined : userParameters[style](userId),
		}));
	}

	/** Nothing is wrong any more: ends a reported jam. */
	async notifyIdle() {
		await this.notify(IDLE);
	}

	/** Send an alarm as locks did before notifications; its numbers are the manufacturer's. */
	async alarm(alarmType, alarmLevel) {
		await this.lock.send(new NotificationCCReport({ nodeId: this.lock.controllerId, alarmType, alarmLevel }));
	}

	async reportBattery(level) {
		this.battery = level;
		await this.lock.send(new BatteryCCReport({ nodeId: this.lock.controllerId, level }));
	}
}
