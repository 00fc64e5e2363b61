// The code memory of a lock that speaks User Credential CC (U3C): users own credentials, each has its own numbers.
import {
	UserCredentialCredentialReportType as CredentialReport, UserCredentialOperationType as Operation, UserCredentialType,
} from "@zwave-js/cc";
import {
	UserCredentialCCAssociationReport, UserCredentialCCAssociationSet, UserCredentialCCCredentialGet,
	UserCredentialCCCredentialReport, UserCredentialCCCredentialSet, UserCredentialCCUserGet, UserCredentialCCUserSet,
	UserCredentialCCValues,
} from "@zwave-js/cc/UserCredentialCC";
import { CommandClasses } from "@zwave-js/core";
import { Bytes } from "@zwave-js/shared";
import { byController, CredentialStore, NO_CREDENTIAL } from "./credential-store.mjs";
import { maskCode, strikes } from "./faults.mjs";
import { EVENTS } from "./notifications.mjs";
import { answerUserGet, answerUserSet, userAddedReport } from "./u3c-users.mjs";

const PIN = UserCredentialType.PINCode;

export class UserCredentials {
	#store = new CredentialStore();

	/** @param {import("./lock.mjs").SimLock} lock */
	constructor(lock) {
		this.lock = lock;
		this.reset();
	}

	reset() {
		this.#store.clear();
		for (const [slot, code] of Object.entries(this.lock.spec.codes ?? {})) this.store(+slot, code);
	}

	/** PINs by slot; a PIN of an inactive user does not open. */
	truth() {
		return this.#store.all().filter(({ credentialType }) => credentialType === PIN).map((pin) => ({
			slot: pin.credentialSlot,
			code: Bytes.view(pin.data).toString("ascii"),
			enabled: this.#store.users.get(pin.userId)?.active ?? false,
		}));
	}

	has(slot) { return this.#store.at(PIN, slot) !== undefined; }
	store(slot, code, enabled = true) {
		this.#store.putPin(slot, Bytes.from(code, "ascii"));
		this.#store.users.get(slot).active = enabled;
	}
	erase(slot) { this.#store.remove(0, PIN, slot); }
	eraseAll() { this.#store.removeUser(0); }

	classify(cc) {
		if (cc instanceof UserCredentialCCCredentialGet) return { kind: "reads", slot: cc.credentialSlot };
		if (cc instanceof UserCredentialCCCredentialSet) {
			const clear = cc.operationType === Operation.Delete;
			const code = clear ? undefined : Bytes.view(cc.credentialData ?? []).toString("ascii");
			return { kind: clear ? "clears" : "writes", slot: cc.credentialSlot, code };
		}
		// Codes go with their user
		if (cc instanceof UserCredentialCCUserSet && cc.operationType === Operation.Delete) return { kind: "clears", slot: cc.userId };
		return undefined;
	}

	handle(cc) {
		if (cc instanceof UserCredentialCCUserGet) return answerUserGet(this.lock, this.#store, cc);
		if (cc instanceof UserCredentialCCUserSet) return answerUserSet(this.lock, this.#store, cc);
		if (cc instanceof UserCredentialCCCredentialGet) return { response: this.#read(cc) };
		if (cc instanceof UserCredentialCCCredentialSet) return this.#write(cc);
		if (cc instanceof UserCredentialCCAssociationSet) return this.#associate(cc);
	}

	async announceStored(slot, replaced) {
		const { lock } = this;
		if (!replaced) await lock.send(userAddedReport(lock, this.#store, slot));
		const type = replaced ? CredentialReport.CredentialModified : CredentialReport.CredentialAdded;
		await lock.send(this.#report(type, this.#store.at(PIN, slot)));
	}

	async announceErased(slot) {
		await this.lock.send(this.#report(CredentialReport.CredentialDeleted, {
			...NO_CREDENTIAL, userId: slot, credentialType: PIN, credentialSlot: slot,
		}));
	}

	announceAllErased() { return this.lock.notifications.notify(EVENTS.allCodesDeleted); }

	/**
	 * Make the driver forget what the lock does not hold and read again what it holds. Reading an absent user or
	 * credential would not do: the driver keeps a trace of it and takes the next write for a change.
	 * @param {import("zwave-js").ZWaveNode} node the driver's view of this lock
	 */
	async refreshDriver(node) {
		const { userType, userActive, credentialRule, expiringTimeoutMinutes, userName, userModifierType, userModifierNodeId,
			credentialOwner, credentialModifierType, credentialModifierNodeId, credential } = UserCredentialCCValues;
		const kept = [userType, userActive, credentialRule, expiringTimeoutMinutes, userName, userModifierType, userModifierNodeId,
			credentialOwner, credentialModifierType, credentialModifierNodeId, credential];
		const stale = node.valueDB.findValues((id) =>
			id.commandClass === CommandClasses["User Credential"] && kept.some((value) => value.is(id)));
		for (const id of stale) node.valueDB.removeValue(id);
		const api = node.commandClasses["User Credential"];
		for (const id of this.#store.users.keys()) await api.getUser(id);
		for (const { credentialType, credentialSlot } of this.#store.all()) await api.getCredential(0, credentialType, credentialSlot);
	}

	#read({ userId, credentialType, credentialSlot }) {
		if (this.lock.faults.unansweredReads) return { action: "stop" };
		const found = this.#store.find(userId, credentialType, credentialSlot);
		const place = found ?? { ...NO_CREDENTIAL, userId, credentialType, credentialSlot };
		const next = this.#store.after(userId, place.credentialType, place.credentialSlot);
		return { action: "sendCC", cc: this.#report(CredentialReport.ResponseToGet, place, next) };
	}

	#write(cc) {
		const { faults } = this.lock;
		const clear = cc.operationType === Operation.Delete;
		const done = { action: faults.unansweredWrites ? "stop" : "ok" };
		if (strikes(faults, clear ? "rejectClears" : "rejectWrites")) return { response: { action: "fail" } };
		const outcome = clear ? CredentialReport.CredentialDeleted : this.#judge(cc);
		const written = {
			userId: cc.userId, credentialType: cc.credentialType, credentialSlot: cc.credentialSlot,
			data: cc.credentialData ?? new Uint8Array(), ...byController(this.lock.controllerId),
		};
		const reports = [this.#report(outcome, written)];
		if (strikes(faults, clear ? "dropClears" : "dropWrites")) return { response: done, reports: faults.reportDropped ? reports : [] };
		if (clear) this.lock.commit(() => this.#store.remove(cc.userId, cc.credentialType, cc.credentialSlot));
		else if (STORES.has(outcome)) this.lock.commit(() => this.#store.put(written));
		else if (outcome !== CredentialReport.CredentialUnchanged) return { response: { action: "fail" }, reports };
		return { response: done, reports: faults.unansweredWrites ? [] : reports };
	}

	/** What the command class prescribes for an add or a change. */
	#judge({ operationType, userId, credentialType, credentialSlot, credentialData }) {
		const held = this.#store.at(credentialType, credentialSlot);
		if (!this.#store.users.has(userId)) return CredentialReport.WrongUserUniqueIdentifier;
		if (operationType === Operation.Add && held) return CredentialReport.CredentialAddRejectedLocationOccupied;
		if (operationType === Operation.Modify && !held) return CredentialReport.CredentialModifyRejectedLocationEmpty;
		if (held && held.userId !== userId) return CredentialReport.WrongUserUniqueIdentifier;
		const same = (other) => Bytes.view(other.data).equals(credentialData);
		const twin = this.#store.all().some((other) => other !== held && other.credentialType === credentialType && same(other));
		if (twin && this.lock.faults.rejectDuplicates) return CredentialReport.DuplicateCredential;
		if (held && same(held)) return CredentialReport.CredentialUnchanged;
		return held ? CredentialReport.CredentialModified : CredentialReport.CredentialAdded;
	}

	#associate({ credentialType, credentialSlot, destinationUserId }) {
		const held = this.#store.at(credentialType, credentialSlot);
		const status = !held ? SLOT_EMPTY : this.#store.users.has(destinationUserId) ? MOVED : NO_SUCH_USER;
		if (status === MOVED) this.#store.put({ ...held, userId: destinationUserId, ...byController(this.lock.controllerId) });
		const report = new UserCredentialCCAssociationReport({
			nodeId: this.lock.controllerId, credentialType, credentialSlot, destinationUserId, status,
		});
		return { response: { action: status === MOVED ? "ok" : "fail" }, reports: [report] };
	}

	#report(reportType, { userId, credentialType, credentialSlot, data, modifierType, modifierNodeId }, next) {
		const readable = credentialType !== PIN || this.lock.spec.profile !== "u3c-noreadback";
		return new UserCredentialCCCredentialReport({
			nodeId: this.lock.controllerId,
			reportType, userId, credentialType, credentialSlot, modifierType, modifierNodeId,
			credentialReadBack: readable,
			credentialData: readable ? Bytes.view(data.length ? maskCode(this.lock.faults, data) : data) : undefined,
			nextCredentialType: next?.credentialType ?? UserCredentialType.None,
			nextCredentialSlot: next?.credentialSlot ?? 0,
		});
	}
}

const STORES = new Set([CredentialReport.CredentialAdded, CredentialReport.CredentialModified]);
/** Status of an association report */
const MOVED = 0x00;
const SLOT_EMPTY = 0x03;
const NO_SUCH_USER = 0x05;
