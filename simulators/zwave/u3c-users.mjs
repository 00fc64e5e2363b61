// The users of a User Credential CC lock: User Get and User Set.
import { UserCredentialOperationType as Operation, UserCredentialUserReportType as UserReport, UserCredentialUserType } from "@zwave-js/cc";
import { UserCredentialCCUserReport } from "@zwave-js/cc/UserCredentialCC";
import { byController, NO_USER } from "./credential-store.mjs";
import { strikes } from "./faults.mjs";
import { slotsOf } from "./profiles.mjs";

/** @typedef {import("./lock.mjs").SimLock} SimLock */
/** @typedef {import("./credential-store.mjs").CredentialStore} CredentialStore */

const report = (lock, reportType, userId, user, nextUserId = 0) =>
	new UserCredentialCCUserReport({ nodeId: lock.controllerId, reportType, userId, nextUserId, ...user });

const next = (store, userId) => {
	const id = store.nextUserId(userId);
	return Number.isFinite(id) ? id : 0;
};

/** What a user made at the keypad sends on its own. */
export function userAddedReport(lock, store, userId) {
	return report(lock, UserReport.UserAdded, userId, store.users.get(userId) ?? NO_USER);
}

/** User 0 asks for the first one. @param {SimLock} lock @param {CredentialStore} store */
export function answerUserGet(lock, store, cc) {
	const userId = cc.userId || next(store, 0);
	const user = store.users.get(userId) ?? NO_USER;
	return { response: { action: "sendCC", cc: report(lock, UserReport.ResponseToGet, userId, user, next(store, userId)) } };
}

/** @param {SimLock} lock @param {CredentialStore} store */
export function answerUserSet(lock, store, cc) {
	const done = { action: lock.faults.unansweredWrites ? "stop" : "ok" };
	const { userId, operationType } = cc;
	if (operationType === Operation.Delete) {
		const reports = [report(lock, UserReport.UserDeleted, userId, { ...NO_USER, ...byController(lock.controllerId) })];
		// Their codes go with a user: as long as clears are dropped, a user who has any stays
		if (store.find(userId, 0, 0) && strikes(lock.faults, "dropClears")) {
			return { response: done, reports: lock.faults.reportDropped ? reports : [] };
		}
		lock.commit(() => store.removeUser(userId));
		return { response: done, reports };
	}
	if (userId < 1 || userId > slotsOf(lock.spec)) return { response: { action: "fail" } };
	const held = store.users.get(userId);
	const user = {
		userType: cc.userType ?? UserCredentialUserType.General,
		active: cc.active ?? true,
		credentialRule: cc.credentialRule ?? NO_USER.credentialRule,
		expiringTimeoutMinutes: cc.expiringTimeoutMinutes ?? 0,
		nameEncoding: cc.nameEncoding ?? NO_USER.nameEncoding,
		userName: cc.userName || `User-${userId}`,
		...byController(lock.controllerId),
	};
	const outcome = judge(operationType, held, user);
	const stored = outcome === UserReport.UserAdded || outcome === UserReport.UserModified;
	if (stored) store.users.set(userId, user);
	const refused = !stored && outcome !== UserReport.UserUnchanged;
	return {
		response: refused ? { action: "fail" } : done,
		reports: [report(lock, outcome, userId, store.users.get(userId) ?? NO_USER)],
	};
}

/** What the command class prescribes for an add or a change. */
function judge(operationType, held, user) {
	if (operationType === Operation.Add && held) return UserReport.UserAddRejectedLocationOccupied;
	if (operationType === Operation.Modify && !held) return UserReport.UserModifyRejectedLocationEmpty;
	if (user.userType === UserCredentialUserType.Expiring && !user.expiringTimeoutMinutes) return UserReport.ZeroExpiringMinutesInvalid;
	if (held && IDENTITY.every((field) => held[field] === user[field])) return UserReport.UserUnchanged;
	return held ? UserReport.UserModified : UserReport.UserAdded;
}

const IDENTITY = ["userType", "active", "credentialRule", "expiringTimeoutMinutes", "nameEncoding", "userName"];
