// The lock's clock, which Matter shows at the root of a device: this machine's, in the zone of the process.
import { TimeSynchronizationServer } from "@matter/main/behaviors/time-synchronization";
import { Val } from "@matter/protocol";

const Base = TimeSynchronizationServer.with("TimeZone");
/** Moments are in microseconds, for matter.js since 1970; none may be before 2000. */
const LONG_AGO = BigInt(Date.UTC(2000, 0)) * 1000n;

/** @returns {number} seconds by which the wall clock is ahead of UTC in a month of this year */
const ahead = (month) => -60 * new Date(new Date().getFullYear(), month).getTimezoneOffset();
const standard = Math.min(ahead(0), ahead(6));
const hasSummerTime = ahead(0) !== ahead(6);

export class VirtualClock extends Base {
	// It is always right: who sets it is answered, and that is all.
	setUtcTime() {}
	setTimeZone() { return { dstOffsetRequired: hasSummerTime }; }
	setDstOffset() {}
}

(function (VirtualClock) {
	class State extends Base.State {
		timeZoneListMaxSize = 1;
		dstOffsetListMaxSize = 1;
		timeZone = [{ offset: standard, validAt: LONG_AGO }];
		/** The summer time offsets that were set. */
		dstOffset = hasSummerTime ? [{ offset: ahead(new Date().getMonth()) - standard, validStarting: LONG_AGO, validUntil: null }] : [];

		/** Asked for anew with every read. */
		[Val.properties]() {
			return {
				get utcTime() { return BigInt(Date.now()) * 1000n; },
				// the wall clock, as if it were UTC
				get localTime() { return BigInt(Date.now() - 60_000 * new Date().getTimezoneOffset()) * 1000n; },
			};
		}
	}
	VirtualClock.State = State;
})(VirtualClock);
