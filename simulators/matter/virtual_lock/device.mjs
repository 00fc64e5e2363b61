// The Matter device around the lock.
import { ServerNode } from "@matter/main";
import { DoorLockDevice } from "@matter/main/devices/door-lock";
import { VendorId } from "@matter/main/types";
import { VirtualClock } from "./clock.mjs";
import { VirtualLock } from "./lock.mjs";

/** The number that is printed on the box. */
const PASSCODE = 20202021;
const DISCRIMINATOR = 3840;
const TEST_VENDOR = 0xfff1;

/** The names of the fake's Limits (simulators/matter/limits.py), and its values. */
const LIMITS = {
	users: 20, pins: 20, rfids: 10, credentials_per_user: 5, pin_length: [4, 8], rfid_length: [4, 10],
	week_days_per_user: 4, year_days_per_user: 4, holidays: 4, wrong_codes: 3, disable_seconds: 10,
};

export async function createDevice({ port, limits, name, serial }) {
	const node = await ServerNode.create(ServerNode.RootEndpoint.with(VirtualClock), {
		network: { port },
		commissioning: { passcode: PASSCODE, discriminator: DISCRIMINATOR },
		productDescription: { name: "Virtual lock", deviceType: DoorLockDevice.deviceType },
		basicInformation: {
			vendorName: "Keyholder", vendorId: VendorId(TEST_VENDOR), productName: name, productId: 0x8000,
			nodeLabel: "", serialNumber: serial, uniqueId: `${serial}-unique`,
		},
		// as a lock that lost its power: a controller finds out by itself that nobody reports any more
		subscriptions: { persistenceEnabled: false },
	});
	const lock = await node.add(DoorLockDevice.with(VirtualLock), { id: "lock", doorLock: attributes({ ...LIMITS, ...limits }) });
	return { node, lock };
}

function attributes(limits) {
	return {
		lockState: 1, lockType: 0, actuatorEnabled: true, doorState: 1, doorOpenEvents: 0, doorClosedEvents: 0,
		operatingMode: 0, autoRelockTime: 0,
		supportedOperatingModes: { normal: false, vacation: true, privacy: true, noRemoteLockUnlock: false, passage: true, alwaysSet: 2047 },
		credentialRulesSupport: { single: true, dual: true, tri: false }, expiringUserTimeout: 10, requirePinForRemoteOperation: false,
		numberOfTotalUsersSupported: limits.users, numberOfCredentialsSupportedPerUser: limits.credentials_per_user,
		numberOfPinUsersSupported: limits.pins, minPinCodeLength: limits.pin_length[0], maxPinCodeLength: limits.pin_length[1],
		numberOfRfidUsersSupported: limits.rfids, minRfidCodeLength: limits.rfid_length[0], maxRfidCodeLength: limits.rfid_length[1],
		numberOfWeekDaySchedulesSupportedPerUser: limits.week_days_per_user,
		numberOfYearDaySchedulesSupportedPerUser: limits.year_days_per_user,
		numberOfHolidaySchedulesSupported: limits.holidays,
		wrongCodeEntryLimit: limits.wrong_codes, userCodeTemporaryDisableTime: limits.disable_seconds,
	};
}
