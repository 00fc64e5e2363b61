// The control channel: plain HTTP and JSON, for tests and the demo.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { SynchronousTransactionConflictError } from "@matter/general";
import { VirtualLock, faults } from "./lock.mjs";

const ACTS = ["enter", "turn", "jam", "sound", "push", "program", "deletePin"];
const PAUSE_MS = 10;
const MOST_TRIES = 500;

class NotFound extends Error {}

/**
 * @param {import("@matter/main").Endpoint} lock
 * @param {string} pairingCode with which a controller commissions the lock
 */
export function createControl(lock, pairingCode) {
	/** Does something with the lock; a command that is being carried out is waited for. */
	async function on(method, details) {
		for (let tries = 0; ; tries++) {
			try {
				return await lock.act((agent) => agent.get(VirtualLock)[method](details));
			} catch (error) {
				if (!(error instanceof SynchronousTransactionConflictError) || tries === MOST_TRIES) throw error;
				await setTimeout(PAUSE_MS);
			}
		}
	}

	const routes = {
		"GET /pairing": () => ({ code: pairingCode }),
		"GET /dump": () => on("dump"),
		"GET /received": () => faults.received,
		"POST /act": async ({ do: act, ...details }) => {
			if (!ACTS.includes(act)) throw new NotFound(`nobody can ${act}`);
			return { result: (await on(act, details)) ?? null };
		},
		"POST /faults": ({ command, ...fault }) => {
			faults.add(command, fault);
			return {};
		},
		"POST /reset": async () => {
			await on("reset");
			return {};
		},
	};

	return createServer((request, response) => {
		const reply = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body, plain));
		answer(request).then(
			(body) => reply(200, body),
			(error) => reply(error instanceof NotFound ? 404 : 400, { error: error.message }),
		);
	});

	async function answer(request) {
		const route = routes[`${request.method} ${request.url}`];
		if (!route) throw new NotFound(`no ${request.method} ${request.url}`);
		let text = "";
		for await (const chunk of request) text += chunk;
		return route(text ? JSON.parse(text) : {});
	}
}

const plain = (_key, value) => typeof value === "bigint" ? Number(value) : value;
