// Installs programs that npm does not bring, or says with which command to install them.
import { fail, run, say, works } from "./shell.mjs";

const MANAGERS = [
  {
    program: "apt-get",
    update: ["update", "-qq"],
    install: ["install", "-y", "-qq", "--no-install-recommends"],
    needsRoot: true,
  },
  { program: "brew", install: ["install"] },
  { program: "winget", install: ["install", "--silent"] },
];

/**
 * Installs `what` with this machine's package manager. `packages` has its names by manager; `otherwise` ends the message where the
 * manager is unknown, lacks it or may not install.
 */
export function installSystemPackage(what, packages, otherwise) {
  const manager = MANAGERS.find(({ program }) => packages[program] && works(program, ["--version"]));
  if (!manager) fail(`${what} was not found. ${otherwise}.`);
  const install = [...manager.install, ...packages[manager.program]];
  if (manager.needsRoot && process.getuid?.() !== 0) {
    fail(`${what} was not found. Install it: sudo ${manager.program} ${install.join(" ")}. ${otherwise}.`);
  }
  say(`${what} was not found: installing it with ${manager.program}`);
  if (manager.update) run(manager.program, manager.update);
  run(manager.program, install);
}
