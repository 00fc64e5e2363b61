#!/usr/bin/env node
// Z-Wave lock simulator. Prints one line of JSON on stdout when all locks are interviewed; see README.md.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createControl } from "./control.mjs";
import { Memory } from "./memory.mjs";
import { Network } from "./network.mjs";

const DEFAULT_NETWORK = new URL("networks/demo.json", import.meta.url);
/** On a machine that is busy with other things it takes ten times as long */
const INTERVIEW_TIMEOUT_MS = 120_000;
/** From "debug" on the driver prints raw frames, codes included. */
const LOG_LEVELS = ["error", "warn", "info", "http", "verbose"];

const { values: args } = parseArgs({
	options: {
		config: { type: "string" },
		ws: { type: "string", default: "0" },
		control: { type: "string", default: "0" },
		host: { type: "string", default: "127.0.0.1" },
		cache: { type: "string" },
		state: { type: "string" },
		log: { type: "string" },
	},
});
if (args.log && !LOG_LEVELS.includes(args.log)) {
	console.error(`--log is one of ${LOG_LEVELS.join(", ")}`);
	process.exit(2);
}

// stdout carries the ready line and nothing else
const announce = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

const fromStdin = args.config === "-";
const cacheDir = args.cache ?? mkdtempSync(join(tmpdir(), "zwave-simulator-"));
if (!args.cache) process.once("exit", () => rmSync(cacheDir, { recursive: true, force: true }));
const network = new Network({
	network: fromStdin ? await jsonFromStdin() : JSON.parse(readFileSync(args.config ?? DEFAULT_NETWORK, "utf8")),
	host: args.host, wsPort: Number(args.ws), cacheDir, logLevel: args.log, interviewTimeoutMs: INTERVIEW_TIMEOUT_MS,
});
const memory = args.state ? new Memory(args.state, network.locks.values()) : undefined;
memory?.start();
const control = createControl(network, { stop, interviewTimeoutMs: INTERVIEW_TIMEOUT_MS });

let stopping = false;
async function stop() {
	if (stopping) return;
	stopping = true;
	control.close();
	memory?.save();
	await network.stop();
	process.exit(0);
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
if (process.env.SIM_EXIT_ON_STDIN_EOF === "1") {
	// The process that started us keeps our stdin open for as long as it lives
	if (process.stdin.readableEnded) await stop();
	process.stdin.on("end", stop).on("error", stop).resume();
}

await network.start();
await new Promise((resolve) => control.listen(Number(args.control), args.host, resolve));
const complete = await network.interviewed(INTERVIEW_TIMEOUT_MS);
if (!complete) console.error("some interviews are not complete");
announce(`${JSON.stringify({
	event: "ready", ws: network.url, control: `http://${args.host}:${control.address().port}`, pid: process.pid,
	interviewed: network.interviewedIds(), timings: { ...network.timings, interviewed: Math.round(performance.now()) },
})}\n`);

/** The network on stdin, which may stay open after it: it is complete as soon as it is valid JSON. */
function jsonFromStdin() {
	return new Promise((resolve, reject) => {
		let text = "";
		const onData = (chunk) => {
			text += chunk;
			let network;
			try {
				network = JSON.parse(text);
			} catch {
				return;
			}
			process.stdin.off("data", onData).off("end", onEnd);
			resolve(network);
		};
		const onEnd = () => reject(new Error("no network on stdin"));
		process.stdin.setEncoding("utf8").on("data", onData).on("end", onEnd);
	});
}
