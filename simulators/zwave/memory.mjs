// What the locks hold, in a file: a demo that starts again finds its doors as they were.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const SAVE_EVERY_MS = 500;

export class Memory {
	#written = "";

	/** @param {string} file @param {Iterable<import("./lock.mjs").SimLock>} locks */
	constructor(file, locks) {
		this.file = file;
		this.locks = [...locks];
	}

	/** Put back what the file says, if there is one, and keep it up to date from now on. A file that is damaged ends the process. */
	start() {
		if (existsSync(this.file)) {
			try {
				const remembered = JSON.parse(readFileSync(this.file, "utf8"));
				for (const lock of this.locks) if (remembered[lock.id]) lock.restore(remembered[lock.id]);
			} catch {
				// what is wrong with it may be a code
				console.error(`${this.file} is damaged; without that file all begins anew`);
				process.exit(1);
			}
		}
		setInterval(() => this.save(), SAVE_EVERY_MS).unref();
	}

	save() {
		const truths = this.locks.map((lock) => lock.truth());
		const text = JSON.stringify(Object.fromEntries(truths.map(({ id, locked, codes, schedules }) => [id, { locked, codes, schedules }])));
		if (text === this.#written) return;
		writeFileSync(`${this.file}.new`, text, { mode: 0o600 });
		renameSync(`${this.file}.new`, this.file);
		this.#written = text;
	}
}
