// A Z-Wave network in one process: real driver on a mock serial port, simulated locks, real Z-Wave JS server.
import { ZwavejsServer } from "@zwave-js/server";
import { MockController, MockNode } from "@zwave-js/testing";
import { InterviewStage, NodeStatus, ZWaveErrorCodes } from "zwave-js";
import {
	createAndStartDriverWithMockPort, createDefaultMockControllerBehaviors, createDefaultMockNodeBehaviors,
} from "zwave-js/Testing";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { SimLock } from "./lock.mjs";
import { mockNodeOptions } from "./profiles.mjs";

const POLL_MS = 10;
/** Clients have this long to end their connections when the server ends. */
const GOODBYE_MS = 500;
/** A start takes two seconds, ten times as long on a machine that is busy with other things. */
const START_MS = 40_000;
const START_ATTEMPTS = 2;
const SYNCHRONISE_ATTEMPTS = 3;
const OWN_NODE_ID = 1;
/** Public test keys: this network exists only inside this process. */
const key = (byte) => Buffer.alloc(16, byte);
const SECURITY_KEYS = { S0_Legacy: key(1), S2_Unauthenticated: key(2), S2_Authenticated: key(3), S2_AccessControl: key(4) };

/** The server's errors without their details, which can hold a code. */
const QUIET = {
	debug() {}, info() {},
	warn: (message) => console.error(`server: ${message}`),
	error: (message, error) => console.error(`server: ${message instanceof Error ? message.name : message} ${error?.name ?? ""}`),
};

/**
 * @typedef {object} Options
 * @property {{homeId?: number, nodes: import("./profiles.mjs").LockSpec[]}} network
 * @property {string} host
 * @property {number} wsPort 0 = any free port, kept for the life of the network
 * @property {string} cacheDir
 * @property {string} [logLevel]
 * @property {number} interviewTimeoutMs
 */

export class Network {
	/** @type {Map<number, SimLock>} */
	locks = new Map();
	/** Milliseconds since the process began at which each step of the start was reached. @type {Record<string, number>} */
	timings = {};
	/** Starts and restarts that have not ended yet, one after the other. */
	#pending = 0;
	#turn = Promise.resolve();

	/** @param {Options} options */
	constructor(options) {
		this.options = options;
		this.port = options.wsPort;
		for (const spec of options.network.nodes) {
			const lock = new SimLock(spec);
			lock.killDriver = () => void this.restartDriver(options.interviewTimeoutMs).catch((error) => console.error(`restart: ${error.name}`));
			this.locks.set(spec.id, lock);
		}
	}

	get url() { return `ws://${this.options.host}:${this.port}`; }

	/** Whether driver and server run and every interview is complete; false from the first moment of a restart. */
	get ready() { return this.#pending === 0 && this.interviewedIds().length === this.locks.size; }

	/** Driver up, server listening; interviews go on in the background. */
	start() {
		const mark = (step) => { this.timings[step] = Math.round(performance.now()); };
		return this.#inTurn(async () => {
			await this.#startDriver();
			mark("driverReady");
			this.port ||= await freePort(this.options.host);
			await this.#startServer();
			mark("serverListening");
		});
	}

	async stop() {
		await this.#stopServer();
		await this.#stopDriver();
	}

	/** The websocket goes away for a while and comes back on the same port; the driver does not notice. */
	restartServer(downMs = 0) {
		return this.#inTurn(async () => {
			await this.#stopServer();
			await sleep(downMs);
			await this.#startServer();
		});
	}

	/** The whole add-on restarts: server and driver go, the locks stay as they are, the driver finds its cache. */
	restartDriver(timeoutMs) {
		return this.#inTurn(async () => {
			await this.stop();
			await this.#startDriver();
			await this.#startServer();
			await this.interviewed(timeoutMs);
		});
	}

	/** Do it after what was asked for before: two restarts at a time would end each other's driver. */
	#inTurn(act) {
		this.#pending += 1;
		this.#turn = this.#turn.catch(() => {}).then(act).finally(() => { this.#pending -= 1; });
		return this.#turn;
	}

	/** Ids of the nodes whose interview is complete. A node from the cache emits no event about it. */
	interviewedIds() {
		return [...this.locks.keys()].filter((id) => {
			const node = this.#nodeIfKnown(id);
			return node?.ready && node.interviewStage === InterviewStage.Complete;
		});
	}

	/** Wait until every interview is complete, or not longer than this. @returns {Promise<boolean>} complete */
	async interviewed(timeoutMs) {
		const deadline = performance.now() + timeoutMs;
		while (this.interviewedIds().length < this.locks.size) {
			if (performance.now() > deadline) return false;
			await sleep(POLL_MS);
		}
		await this.#synchroniseSecurity();
		return true;
	}

	/** The lock goes back to its spec and the driver learns it. Counters start from zero after that. */
	async reset(id) {
		const lock = this.locks.get(id);
		const node = this.node(id);
		lock.reset();
		if (node.status === NodeStatus.Dead && !lock.faults.dead) await node.ping();
		await this.#inStep(() => lock.notifications.notifyIdle());
		await this.#inStep(() => lock.codes.refreshDriver(node));
		await this.#inStep(() => node.commandClasses["Door Lock"].get());
		await this.#inStep(() => node.commandClasses.Battery.get());
		lock.resetCounts();
	}

	/** Do it once more if both ends had lost the count of their messages: the first one that fails sets it right. */
	async #inStep(act) {
		try {
			await act();
		} catch (error) {
			if (error?.code !== ZWaveErrorCodes.Security2CC_CannotDecode) throw error;
			await act();
		}
	}

	/** The driver's node. */
	node(id) { return this.driver.controller.nodes.getOrThrow(id); }

	/** What the driver thinks of a lock. */
	describe(id) {
		const node = this.#nodeIfKnown(id);
		return {
			status: NodeStatus[node?.status ?? NodeStatus.Unknown].toLowerCase(),
			ready: node?.ready ?? false,
			label: node?.deviceConfig?.label ?? null,
			manufacturer: node?.deviceConfig?.manufacturer ?? null,
			name: node?.name ?? null,
		};
	}

	#nodeIfKnown(id) { return this.driver?.ready ? this.driver.controller.nodes.get(id) : undefined; }

	async #startDriver() {
		for (let attempt = 1; ; attempt += 1) {
			try {
				return await within(START_MS, this.#tryToStartDriver(), "driver ready");
			} catch (error) {
				console.error(`driver: attempt ${attempt} to start: ${error.code ?? error.message}`);
				await this.#stopDriver();
				if (attempt === START_ATTEMPTS) throw error;
			}
		}
	}

	async #tryToStartDriver() {
		const { network, cacheDir, logLevel } = this.options;
		const { driver, mockPort, serial, continueStartup } = await createAndStartDriverWithMockPort({
			// As the add-on sets it: a value that was set is reported like one that was received
			emitValueUpdateAfterSetValue: true,
			storage: { cacheDir },
			securityKeys: SECURITY_KEYS,
			interview: { queryAllUserCodes: true },
			logConfig: logLevel ? { enabled: true, level: logLevel, forceConsole: true } : { enabled: false },
			testingHooks: { skipFirmwareIdentification: true },
		});
		this.driver = driver;
		// What ends the start of a driver is an error event, and then there is no other event
		const ready = new Promise((resolve, reject) => driver.once("driver ready", resolve).once("error", reject));
		ready.catch(() => {});
		driver.on("error", (error) => console.error(`driver: ${error.name} ${error.code ?? ""}`));
		this.controller = await MockController.create({
			mockPort, serial, ownNodeId: OWN_NODE_ID, homeId: network.homeId ?? 0x7e570001,
			securityKeys: SECURITY_KEYS, capabilities: { libraryVersion: "Z-Wave 7.19.2" },
		});
		this.controller.defineBehavior(...createDefaultMockControllerBehaviors());
		for (const lock of this.locks.values()) await this.#join(lock);
		continueStartup();
		await ready;
		for (const { spec } of this.locks.values()) {
			if (spec.name) this.node(spec.id).name = spec.name;
			if (spec.location) this.node(spec.id).location = spec.location;
		}
	}

	async #stopDriver() {
		const { driver, controller } = this;
		if (driver) await within(START_MS, driver.destroy(), "driver destroyed").catch(logError);
		controller?.destroy();
	}

	async #join(lock) {
		const mock = await MockNode.create({ ...mockNodeOptions(lock.spec), controller: this.controller });
		this.controller.addNode(mock);
		mock.defineBehavior(...createDefaultMockNodeBehaviors());
		lock.attach(mock);
	}

	/**
	 * A driver that starts over its cache has no nonces yet. A real lock would notice that its report was not understood
	 * and send it again; the mock does not, so each secure lock is asked something until it is understood.
	 */
	async #synchroniseSecurity() {
		for (const [id, lock] of this.locks) {
			if (!lock.spec.security || lock.faults.dead) continue;
			// One that is told to answer late would be asked in vain
			const attempts = lock.faults.answerDelayMs ? 1 : SYNCHRONISE_ATTEMPTS;
			for (let attempt = 1; ; attempt += 1) {
				// On a busy machine an answer may come too late, or meet another nonce than its own
				const level = await this.node(id).commandClasses.Battery.get().catch(() => undefined);
				if (level !== undefined) break;
				if (attempt === attempts) {
					console.error(`network: node ${id} is not understood after a start`);
					break;
				}
			}
		}
	}

	async #startServer() {
		this.server = new ZwavejsServer(this.driver, {
			port: this.port, host: this.options.host, enableDNSServiceDiscovery: false, logger: QUIET,
		});
		await this.server.start(true);
		// Once its websockets are closed, it takes who connects anew for somebody who wants a page, and never answers;
		// and it does not end before they give up, which Home Assistant does after ten seconds
		this.server.server.on("request", (_request, response) => { response.writeHead(503, { connection: "close" }).end(); });
	}

	/** Clients are notified that it ends; a connection that is still open after a moment is cut, as by an add-on that is gone. */
	async #stopServer() {
		const { server } = this;
		if (!server) return;
		const { wsServer, server: web } = server;
		const timer = setTimeout(() => {
			for (const socket of wsServer?.clients ?? []) socket.terminate();
			web?.closeAllConnections();
		}, GOODBYE_MS);
		await server.destroy().catch(logError);
		clearTimeout(timer);
	}
}

/** Errors are logged without their text, which can hold a code. */
const logError = (error) => console.error(`network: ${error.name} ${error.code ?? ""}`);

/** What the promise gives, or an error if it takes longer than this. */
async function within(ms, promise, what) {
	const timer = new AbortController();
	const late = sleep(ms, undefined, { signal: timer.signal }).then(() => { throw new Error(`not "${what}" within ${ms / 1000} s`); });
	try {
		return await Promise.race([promise, late]);
	} finally {
		timer.abort();
	}
}

/** The server takes port 0 for its default, so a free one is looked up first; another process could take it in between. */
function freePort(host) {
	return new Promise((resolve, reject) => {
		const probe = createServer().once("error", reject).listen(0, host, () => {
			const { port } = probe.address();
			probe.close(() => resolve(port));
		});
	});
}
