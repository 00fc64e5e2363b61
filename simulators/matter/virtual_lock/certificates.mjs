#!/usr/bin/env node
// Writes the certificates that vouch for test devices, the virtual lock among them: certificates.mjs FOLDER
// matter.js ships them and does not export them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const authorities = await import(new URL("certificate/ChipPAAuthorities.js", import.meta.resolve("@matter/protocol")));
for (const name of ["TestCert_PAA_NoVID", "TestCert_PAA_FFF1"]) {
	writeFileSync(join(process.argv[2], `${name}.der`), authorities[`${name}_Cert`]);
}
