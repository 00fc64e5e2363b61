// Users and credentials as a User Credential CC lock keeps them.
import {
	UserCredentialModifierType, UserCredentialNameEncoding, UserCredentialRule, UserCredentialType, UserCredentialUserType,
} from "@zwave-js/cc";

/**
 * @typedef {object} User
 * @property {number} userType
 * @property {boolean} active
 * @property {number} credentialRule
 * @property {number} expiringTimeoutMinutes
 * @property {number} nameEncoding
 * @property {string} userName
 * @property {number} modifierType
 * @property {number} modifierNodeId
 */

/** @typedef {{userId: number, credentialType: number, credentialSlot: number, data: Uint8Array, modifierType: number, modifierNodeId: number}} Credential */

/** Who changed something, as reports carry it. */
export const AT_THE_LOCK = { modifierType: UserCredentialModifierType.Locally, modifierNodeId: 0 };
export const NOBODY = { modifierType: UserCredentialModifierType.DoesNotExist, modifierNodeId: 0 };
export const byController = (nodeId) => ({ modifierType: UserCredentialModifierType.ZWave, modifierNodeId: nodeId });

/** What a report says about a user that does not exist. */
export const NO_USER = Object.freeze({
	userType: UserCredentialUserType.General,
	active: false,
	credentialRule: UserCredentialRule.Single,
	expiringTimeoutMinutes: 0,
	nameEncoding: UserCredentialNameEncoding.ASCII,
	userName: "",
	...NOBODY,
});

export const NO_CREDENTIAL = Object.freeze({ data: new Uint8Array(), ...NOBODY });

/** Zero is the wildcard of the command class, for user, type and slot alike. */
const matches = (wanted, actual) => wanted === 0 || wanted === actual;

export class CredentialStore {
	/** @type {Map<number, User>} */
	users = new Map();
	/** @type {Credential[]} ordered by type, then slot, as the command class walks them */
	#credentials = [];

	clear() {
		this.users.clear();
		this.#credentials = [];
	}

	all() { return this.#credentials; }

	at(credentialType, credentialSlot) {
		return this.find(0, credentialType, credentialSlot);
	}

	/** The first credential that fits; 0 fits anything. */
	find(userId, credentialType, credentialSlot) {
		return this.#credentials.find((c) =>
			matches(userId, c.userId) && matches(credentialType, c.credentialType) && matches(credentialSlot, c.credentialSlot));
	}

	/** The next credential of this user (0 = of anyone) behind that place. */
	after(userId, credentialType, credentialSlot) {
		return this.#credentials.find((c) => matches(userId, c.userId)
			&& (c.credentialType > credentialType || (c.credentialType === credentialType && c.credentialSlot > credentialSlot)));
	}

	nextUserId(userId) {
		return Math.min(...[...this.users.keys()].filter((id) => id > userId), Infinity);
	}

	/** @param {Credential} credential */
	put(credential) {
		this.#credentials = this.#credentials
			.filter((c) => c.credentialType !== credential.credentialType || c.credentialSlot !== credential.credentialSlot)
			.concat(credential)
			.sort((a, b) => a.credentialType - b.credentialType || a.credentialSlot - b.credentialSlot);
	}

	/** Remove every credential that fits. */
	remove(userId, credentialType, credentialSlot) {
		this.#credentials = this.#credentials.filter((c) =>
			!(matches(userId, c.userId) && matches(credentialType, c.credentialType) && matches(credentialSlot, c.credentialSlot)));
	}

	/** Remove a user (0 = all) with everything that is theirs. */
	removeUser(userId) {
		for (const id of userId === 0 ? [...this.users.keys()] : [userId]) {
			this.users.delete(id);
			this.remove(id, 0, 0);
		}
	}

	/** Put a PIN in from the lock's side; the user is made when missing. Slot and user are the same number. */
	putPin(slot, data) {
		if (!this.users.has(slot)) this.users.set(slot, { ...NO_USER, active: true, userName: `User-${slot}`, ...AT_THE_LOCK });
		this.put({ userId: slot, credentialType: UserCredentialType.PINCode, credentialSlot: slot, data, ...AT_THE_LOCK });
	}
}
