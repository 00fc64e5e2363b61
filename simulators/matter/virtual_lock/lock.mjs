// The lock: matter.js's own, with faults before its commands and people at its door.
import { AT_THE_LOCK, DUPLICATE, OCCUPIED, withNullFabric, withMarks } from "./gaps.mjs";
import { DoorLockServer } from "@matter/main/behaviors/door-lock";
import { DoorLock } from "@matter/main/clusters/door-lock";
import { Status } from "@matter/main/types";
import { Faults } from "./faults.mjs";

const { AlarmCode, DataOperationType, LockDataType, LockOperationType, LockState, OperationError, OperationSource, UserStatus } = DoorLock;
const PIN = DoorLock.CredentialType.Pin;

const Base = DoorLockServer.with(
	"User", "PinCredential", "RfidCredential", "CredentialOverTheAirAccess", "DoorPositionSensor",
	"WeekDayAccessSchedules", "YearDayAccessSchedules", "HolidaySchedules",
);

/** There is one lock in a process; matter.js makes a behavior anew for every command. */
export const faults = new Faults();

export class VirtualLock extends Base {
	get auth() {
		return withMarks(super.auth);
	}

	// Commands

	setUser(request) { return this.#withFault("SetUser", () => super.setUser(request)); }
	getUser(request) { return this.#withFault("GetUser", () => withNullFabric(super.getUser(request))); }
	clearUser(request) { return this.#withFault("ClearUser", () => super.clearUser(request)); }
	setCredential(request) { return this.#withFault("SetCredential", () => this.#specific(request, super.setCredential(request))); }
	getCredentialStatus(request) { return this.#withFault("GetCredentialStatus", () => withNullFabric(super.getCredentialStatus(request))); }
	clearCredential(request) { return this.#withFault("ClearCredential", () => super.clearCredential(request)); }
	setWeekDaySchedule(request) { return this.#withFault("SetWeekDaySchedule", () => super.setWeekDaySchedule(request)); }
	setYearDaySchedule(request) { return this.#withFault("SetYearDaySchedule", () => super.setYearDaySchedule(request)); }
	lockDoor(request) { return this.#withFault("LockDoor", () => super.lockDoor(request)); }
	unlockDoor(request) { return this.#withFault("UnlockDoor", () => super.unlockDoor(request)); }

	#withFault(command, apply) {
		return faults.meet(command, apply, () => this.context.transaction.commit());
	}

	/** matter.js says only that it failed; locks on the CHIP SDK say why. */
	#specific({ credential: { credentialType, credentialIndex }, credentialData }, answer) {
		if (answer.status !== Status.Failure) return answer;
		const duplicate = this.auth.isDuplicateCredential(credentialType, credentialData, credentialIndex);
		return { ...answer, status: duplicate ? DUPLICATE : OCCUPIED };
	}

	// At the door. What is done here comes from nobody's controller.

	/** Somebody types a code at the keypad. @returns {boolean} whether it was taken */
	enter({ pin, unlock = true }) {
		const operation = unlock ? LockOperationType.Unlock : LockOperationType.Lock;
		const held = this.#find(pin);
		if (!held || this.#lockedOut) return this.#wrongCode(operation);
		const userIndex = this.auth.findUserIndexForCredential(PIN, held.credentialIndex);
		const what = this.#what(operation, OperationSource.Keypad, userIndex, [{ credentialType: PIN, credentialIndex: held.credentialIndex }]);
		if (this.auth.findUser(userIndex).userStatus === UserStatus.OccupiedDisabled) {
			this.events.lockOperationError.emit({ ...what, operationError: OperationError.DisabledUserDenied }, this.context);
			return false;
		}
		this.internal.wrongCodeCount = 0;
		this.#move(what);
		return true;
	}

	/** Somebody turns the thumbturn. */
	turn({ unlock = true }) {
		this.#move(this.#what(unlock ? LockOperationType.Unlock : LockOperationType.Lock, OperationSource.Manual));
	}

	/** The bolt stops half-way. */
	jam() {
		this.state.lockState = LockState.NotFullyLocked;
		this.sound({ alarm: AlarmCode.LockJammed });
	}

	/** The lock calls an alarm, by its number. */
	sound({ alarm }) {
		this.events.doorLockAlarm.emit({ alarmCode: alarm }, this.context);
	}

	/** The door is opened or closed; matter.js reports it. */
	push({ state }) {
		this.state.doorState = state;
	}

	/** A PIN is stored at the lock itself: no fabric is its creator. */
	program({ pin, index, user = index }) {
		const by = { creatorFabricIndex: AT_THE_LOCK, lastModifiedFabricIndex: AT_THE_LOCK };
		const credentials = [{ credentialType: PIN, credentialIndex: index }];
		this.auth.addUser({
			userIndex: user, userName: "", userUniqueId: null, userStatus: UserStatus.OccupiedEnabled,
			userType: DoorLock.UserType.UnrestrictedUser, credentialRule: DoorLock.CredentialRule.Single, credentials, ...by,
		});
		this.auth.addCredential(PIN, index, Buffer.from(pin), AT_THE_LOCK);
		this.#changed(DataOperationType.Add, user, index);
	}

	/** A PIN is deleted at the lock; its user stays. */
	deletePin({ index }) {
		const user = this.auth.findUserIndexForCredential(PIN, index);
		if (user !== null) {
			const held = this.auth.findUser(user);
			const credentials = held.credentials.filter((one) => one.credentialType !== PIN || one.credentialIndex !== index);
			this.auth.replaceUser(user, { ...held, credentials });
		}
		this.auth.removeCredential(PIN, index);
		this.#changed(DataOperationType.Clear, null, index);
	}

	/** Clears all users; nothing is reported. */
	reset() {
		for (const table of ["users", "credentials", "weekDaySchedules", "yearDaySchedules", "holidaySchedules"]) this.state[table] = [];
		this.state.lockState = LockState.Locked;
		this.internal.wrongCodeCount = 0;
		faults.clear();
	}

	/** @returns {object} all that the lock holds, PINs included */
	dump() {
		const { lockState, doorState, users, credentials, weekDaySchedules, yearDaySchedules, holidaySchedules } = this.state;
		const pin = (held) => Buffer.from(this.auth.decrypt(held.credentialData)).toString();
		return {
			lockState, doorState, weekDaySchedules, yearDaySchedules, holidaySchedules,
			users: users.map((user) => withNullFabric(user)),
			credentials: credentials.map(({ credentialData, ...held }) => ({ ...withNullFabric(held), data: pin({ credentialData }) })),
		};
	}

	get #lockedOut() {
		return this.internal.wrongCodeCount >= this.state.wrongCodeEntryLimit;
	}

	#find(pin) {
		const { auth } = this;
		return auth.credentials.find((held) => held.credentialType === PIN && Buffer.from(auth.decrypt(held.credentialData)).toString() === pin);
	}

	#wrongCode(operation) {
		const what = this.#what(operation, OperationSource.Keypad);
		this.events.lockOperationError.emit({ ...what, operationError: OperationError.InvalidCredential }, this.context);
		if (!this.#lockedOut && ++this.internal.wrongCodeCount >= this.state.wrongCodeEntryLimit) this.#lockOut();
		return false;
	}

	#lockOut() {
		this.sound({ alarm: AlarmCode.WrongCodeEntryLimit });
		const { internal } = this;
		setTimeout(() => { internal.wrongCodeCount = 0; }, this.state.userCodeTemporaryDisableTime * 1000).unref();
	}

	#move(what) {
		this.state.lockState = what.lockOperationType === LockOperationType.Lock ? LockState.Locked : LockState.Unlocked;
		this.events.lockOperation.emit(what, this.context);
	}

	#what(lockOperationType, operationSource, userIndex = null, credentials = null) {
		return { lockOperationType, operationSource, userIndex, fabricIndex: null, sourceNode: null, credentials };
	}

	#changed(dataOperationType, userIndex, dataIndex) {
		this.events.lockUserChange.emit({
			lockDataType: LockDataType.Pin, dataOperationType, operationSource: OperationSource.Keypad,
			userIndex, fabricIndex: null, sourceNode: null, dataIndex,
		}, this.context);
	}
}
