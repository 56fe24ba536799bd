// Makes the extension's .vsix files from what is built: `npm run package` for all platforms, `npm run package -- linux-x64` for one.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import vsce from "@vscode/vsce";
import { stage } from "./package/stage.mjs";
import { TARGETS } from "./package/targets.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function chosenTargets(names) {
  const unknown = names.find((name) => !TARGETS.some((target) => target.name === name));
  if (unknown === undefined) return TARGETS.filter(({ name }) => names.length === 0 || names.includes(name));
  process.stderr.write(`no such target: ${unknown}. There are ${TARGETS.map(({ name }) => name).join(", ")}.\n`);
  process.exit(1);
}

for (const target of chosenTargets(process.argv.slice(2))) {
  await vsce.createVSIX({
    cwd: stage(root, target),
    target: target.name,
    packagePath: join(root, "out"), // as aim-notebook-<target>-<version>.vsix
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
}
