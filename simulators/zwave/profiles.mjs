// Lock profiles: what a simulated lock advertises over the air.
import {
	DoorLockMode, DoorLockOperationType, KeypadMode, UserCredentialNameEncoding, UserCredentialRule,
	UserCredentialType, UserCredentialUserType, UserIDStatus,
} from "@zwave-js/cc";
import { CommandClasses, SecurityClass } from "@zwave-js/core";
import { ccCaps } from "@zwave-js/testing";
import { ACCESS_CONTROL, EVENTS } from "./notifications.mjs";

/**
 * One lock of a network file; see the README.
 * @typedef {object} LockSpec
 * @property {number} id node id, 2 or more
 * @property {keyof typeof PROFILES} profile
 * @property {string} [name]
 * @property {string} [location]
 * @property {number} [users] number of slots
 * @property {Record<string, string>} [codes] slot -> code
 * @property {ScheduleSpec | false} [schedules] of the profiles that have any
 * @property {boolean} [locked]
 * @property {number} [latencyMs] of each frame on the air, either way
 * @property {number} [battery] percent
 * @property {"flirs" | "always" | "asleep"} [listening]
 * @property {"s2"} [security]
 * @property {{manufacturerId: number, productType: number, productId: number, firmwareVersion?: string}} [identity]
 * @property {Partial<import("./faults.mjs").Faults>} [faults]
 */

/**
 * How many entries of each kind a user may have, and whether the clock can be set by radio.
 * @typedef {{weekDays?: number, yearDays?: number, daily?: number, clock?: boolean, version?: 1 | 2 | 3}} ScheduleSpec
 */

const DEFAULT_USERS = 10;
const DEFAULT_SCHEDULES = { weekDays: 7, yearDays: 1, daily: 1 };
const NO_SCHEDULES = { weekDays: 0, yearDays: 0, daily: 0 };
/** Far below a real radio, which takes 10 ms and more: this is what makes an interview take half a second */
const DEFAULT_LATENCY_MS = 1;
const ENTRY_CONTROL = 0x40;
const SECURE_KEYPAD_DOOR_LOCK = 0x03;

const supports = (ccId, version) => ({ ccId, isSupported: true, version });
const SUPERVISION = supports(CommandClasses.Supervision, 1);
const BASE = [
	supports(CommandClasses["Z-Wave Plus Info"], 2),
	supports(CommandClasses.Version, 3),
	supports(CommandClasses["Manufacturer Specific"], 2),
	supports(CommandClasses.Battery, 1),
];

const doorLock = (version) => ccCaps({
	...supports(CommandClasses["Door Lock"], version),
	supportedOperationTypes: [DoorLockOperationType.Constant],
	supportedDoorLockModes: [DoorLockMode.Unsecured, DoorLockMode.Secured],
	autoRelockSupported: true,
});

const notification = (version) => ccCaps({
	...supports(CommandClasses.Notification, version),
	supportsV1Alarm: false,
	notificationTypesAndEvents: { [ACCESS_CONTROL]: Object.values(EVENTS) },
});

// No checksums: the stock behaviour would compute them over its own state, not over our slots
const userCode = (version, users) => ccCaps({
	...supports(CommandClasses["User Code"], version),
	numUsers: users,
	supportsAdminCode: false,
	supportsAdminCodeDeactivation: false,
	supportsUserCodeChecksum: false,
	supportedKeypadModes: [KeypadMode.Normal],
	supportedUserIDStatuses: [UserIDStatus.Available, UserIDStatus.Enabled, UserIDStatus.Disabled],
	supportedASCIIChars: "0123456789",
});

/** @param {ScheduleSpec | false} [spec] */
function schedules(spec) {
	if (spec === false) return [];
	const { weekDays, yearDays, daily } = spec ? { ...NO_SCHEDULES, ...spec } : DEFAULT_SCHEDULES;
	return [
		ccCaps({
			...supports(CommandClasses["Schedule Entry Lock"], spec?.version ?? 3),
			numWeekDaySlots: weekDays,
			numYearDaySlots: yearDays,
			numDailyRepeatingSlots: daily,
		}),
		...(spec?.clock === false ? [] : [supports(CommandClasses["Time Parameters"], 1)]),
	];
}

/** @param {number} hashLength above 0: the lock never gives this credential back */
const credentialType = (slots, maxLength, hashLength, learnSteps = 0) => ({
	numberOfCredentialSlots: slots,
	minCredentialLength: 4,
	maxCredentialLength: maxLength,
	maxCredentialHashLength: hashLength,
	supportsCredentialLearn: learnSteps > 0,
	...(learnSteps && { credentialLearnRecommendedTimeout: 30, credentialLearnNumberOfSteps: learnSteps }),
});

const userCredential = (users, pinHashLength) => ccCaps({
	...supports(CommandClasses["User Credential"], 1),
	numberOfSupportedUsers: users,
	supportedCredentialRules: [UserCredentialRule.Single],
	maxUserNameLength: 32,
	supportsAllUsersChecksum: false,
	supportsUserChecksum: false,
	supportsCredentialChecksum: false,
	supportsAdminCode: false,
	supportsAdminCodeDeactivation: false,
	supportedUserNameEncodings: [UserCredentialNameEncoding.ASCII],
	supportedUserTypes: [
		UserCredentialUserType.General, UserCredentialUserType.NonAccess, UserCredentialUserType.Duress,
		UserCredentialUserType.Disposable, UserCredentialUserType.Expiring,
	],
	supportedCredentialTypes: new Map([
		[UserCredentialType.PINCode, credentialType(users, 8, pinHashLength)],
		[UserCredentialType.RFIDCode, credentialType(10, 20, 8, 1)],
		[UserCredentialType.FingerBiometric, credentialType(10, 20, 8, 3)],
	]),
});

const HASHED = 8;
export const PROFILES = {
	/** User Code V1, unsupervised: most Kwikset, Yale and Schlage of the S0 age */
	uc1: (users) => [doorLock(2), notification(4), userCode(1, users)],
	/** User Code V2, unsupervised */
	uc2: (users, spec) => [doorLock(4), notification(8), userCode(2, users), ...schedules(spec.schedules)],
	/** User Code V1 with Supervision: S2 firmware of an older lock */
	"uc1-sup": (users) => [SUPERVISION, doorLock(4), notification(8), userCode(1, users)],
	/** User Code V2 with Supervision: typical 700 and 800 series */
	"uc2-sup": (users, spec) => [SUPERVISION, doorLock(4), notification(8), userCode(2, users), ...schedules(spec.schedules)],
	/** User Credential CC, supervised */
	u3c: (users) => [SUPERVISION, doorLock(4), notification(8), userCredential(users, 0)],
	/** User Credential CC that never gives a PIN back */
	"u3c-noreadback": (users) => [SUPERVISION, doorLock(4), notification(8), userCredential(users, HASHED)],
};

/** How many entries of each kind a user of a lock may have. @param {LockSpec} spec */
export const scheduleSlotsOf = (spec) => spec.schedules ? { ...NO_SCHEDULES, ...spec.schedules } : DEFAULT_SCHEDULES;

/** Slots of a lock. @param {LockSpec} spec */
export const slotsOf = (spec) => spec.users ?? DEFAULT_USERS;

/**
 * Options for MockNode.create().
 * @param {LockSpec} spec
 */
export function mockNodeOptions(spec) {
	const build = PROFILES[spec.profile];
	if (!build) throw new Error(`node ${spec.id}: unknown profile ${spec.profile}`);
	const secure = spec.security === "s2";
	const { listening = "flirs" } = spec;
	return {
		id: spec.id,
		capabilities: {
			manufacturerId: 0xffff,
			productType: 0x0001,
			productId: spec.id,
			firmwareVersion: "1.0",
			...spec.identity,
			genericDeviceClass: ENTRY_CONTROL,
			specificDeviceClass: SECURE_KEYPAD_DOOR_LOCK,
			isListening: listening === "always",
			isFrequentListening: listening === "flirs" ? "1000ms" : false,
			supportsSecurity: secure,
			securityClasses: new Set(secure ? [SecurityClass.S2_AccessControl] : []),
			txDelay: spec.latencyMs ?? DEFAULT_LATENCY_MS,
			commandClasses: [
				...BASE,
				...build(slotsOf(spec), spec),
				...(secure ? [supports(CommandClasses["Security 2"], 1)] : []),
			],
		},
	};
}
