// Writes dist/sources.sha256: what dist was built from. A Go test compares, so that nobody forgets to build.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const files = [
  ...readdirSync(".").filter((f) => /\.(mjs|js|json)$/.test(f)),
  ...readdirSync("src", { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).map((f) => `${f.parentPath}/${f.name}`),
].sort();
const hash = createHash("sha256");
for (const f of files) hash.update(`${f}\n`).update(readFileSync(f)).update("\n");
writeFileSync("dist/sources.sha256", hash.digest("hex") + "\n");
