// The control channel: plain HTTP and JSON on the loopback interface, for tests and the demo.
import { createServer } from "node:http";
import { act } from "./keypad-actions.mjs";

class NotFound extends Error {}

/**
 * @param {import("./network.mjs").Network} network
 * @param {{stop: () => void, interviewTimeoutMs: number}} options
 */
export function createControl(network, { stop, interviewTimeoutMs }) {
	const view = (lock) => ({ ...lock.truth(), driver: network.describe(lock.id) });

	/** Method and path of everything about the network; each answers with JSON. */
	const routes = {
		"GET /health": () => {
			const interviewed = network.interviewedIds();
			return {
				ready: network.ready, interviewed,
				ws: network.url, timings: network.timings, rss: process.memoryUsage().rss,
			};
		},
		"GET /nodes": () => [...network.locks.values()].map(view),
		"POST /server/restart": async ({ body }) => {
			await network.restartServer(body.downMs);
			return { ws: network.url };
		},
		"POST /driver/restart": async () => {
			await network.restartDriver(interviewTimeoutMs);
			return { ws: network.url, interviewed: network.interviewedIds() };
		},
		"POST /stop": () => {
			setImmediate(stop);
			return {};
		},
	};

	/** The same for one lock: what follows /nodes/N. */
	const lockRoutes = {
		"GET ": ({ lock }) => view(lock),
		"GET /frames": ({ lock, query }) => lock.frames.map(({ code, ...frame }) => query.get("codes") === "1" ? { ...frame, code } : frame),
		"GET /opens": ({ lock, query }) => ({ opens: lock.schedules.opens(Number(query.get("slot")), query.get("at")) }),
		"GET /counts": ({ lock }) => lock.counts,
		"POST /counts/reset": ({ lock }) => {
			lock.resetCounts();
			return lock.counts;
		},
		"POST /faults": ({ lock, body: { reset, ...patch } }) => {
			if (reset) lock.resetFaults();
			lock.setFaults(patch);
			return lock.faults;
		},
		"POST /act": async ({ lock, body }) => {
			await act(lock, body);
			return view(lock);
		},
		"POST /ping": async ({ lock }) => ({ alive: await network.node(lock.id).ping() }),
		"POST /reset": async ({ lock }) => {
			await network.reset(lock.id);
			return view(lock);
		},
	};

	async function answer(request) {
		const { pathname, searchParams: query } = new URL(request.url, "http://localhost");
		const [, id, rest = ""] = /^\/nodes\/(\d+)(\/.*)?$/.exec(pathname) ?? [];
		const lock = id && network.locks.get(Number(id));
		const route = id ? lockRoutes[`${request.method} ${rest}`] : routes[`${request.method} ${pathname}`];
		if (!route) throw new NotFound(`no ${request.method} ${pathname}`);
		if (id && !lock) throw new NotFound(`no node ${id}`);
		return route({ lock, query, body: await readJson(request) });
	}

	return createServer((request, response) => {
		const reply = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
		answer(request).then(
			(body) => reply(200, body),
			(error) => reply(error instanceof NotFound ? 404 : 400, { error: error.message }),
		);
	});
}

async function readJson(request) {
	let text = "";
	for await (const chunk of request) text += chunk;
	return text ? JSON.parse(text) : {};
}
