// What matter.js 0.17.9 lacks for a lock. To be imported before the lock's behavior is.
import { DatatypeModel, FieldModel, Matter } from "@matter/model";

/** The door lock's own answers to SetCredential, which the model of matter.js takes for impossible. */
export const DUPLICATE = 2;
export const OCCUPIED = 3;

const status = Matter.get(DatatypeModel, "status");
for (const [name, id] of [["Duplicate", DUPLICATE], ["Occupied", OCCUPIED]]) {
	if (![...status.children].some((known) => known.id === id)) status.children.push(new FieldModel({ name, id }));
}

/** In memory this stands for "made at the lock itself": matter.js cannot store a fabric index that is null. */
export const AT_THE_LOCK = 254;

/** @returns {object} an answer or an entry, null as the fabric of what was made at the lock */
export function withNullFabric(entry) {
	const fabric = (index) => index === AT_THE_LOCK ? null : index;
	return { ...entry, creatorFabricIndex: fabric(entry.creatorFabricIndex), lastModifiedFabricIndex: fabric(entry.lastModifiedFabricIndex) };
}

/** The mark of a user that SetCredential makes: matter.js wants to store one that its own model forbids. */
const NO_MARK = 0xffffffff;

/** @returns {object} a store of users that can take them */
export function withMarks(store) {
	const add = store.addUser.bind(store);
	store.addUser = (user) => add({ ...user, userUniqueId: user.userUniqueId === NO_MARK ? null : user.userUniqueId });
	return store;
}
