// Unpacks the headless Chromium of the package beside it: node unpack.mjs FOLDER → FOLDER/chromium
import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

const folder = process.argv[2];
const entry = createRequire(join(folder, "package.json")).resolve("@sparticuz/chromium");
const packed = join(entry.slice(0, entry.indexOf(join("@sparticuz", "chromium"))), "@sparticuz", "chromium", "bin", "chromium.br");
const partial = join(folder, "chromium.partial");
writeFileSync(partial, brotliDecompressSync(readFileSync(packed)));
chmodSync(partial, 0o755);
renameSync(partial, join(folder, "chromium"));
