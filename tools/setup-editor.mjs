// Makes the real editor of test/host ready: code-server on a Node of its own, and Chromium; and the software adapter of the WebGPU tests, which
// Chromium brings. At once when nothing has changed.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fail, run, say, works } from "./setup/shell.mjs";
import { installSystemPackage } from "./setup/system-package.mjs";

const script = fileURLToPath(import.meta.url);
const editor = join(dirname(dirname(script)), "test", "host", "editor");
const modules = join(editor, "node_modules");
/** What was set up, for the tests to find; written last, so that it is there only when all is. */
const readyFile = join(modules, "ready.json");

const nodePackage = join(modules, `node-${process.platform}-${process.arch}`);
const nodeBinary = join(nodePackage, "bin", "node");
const server = join(modules, "code-server");
const vscode = join(server, "lib", "vscode");

const NPM_INSTALL = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];

/** Built from source: the log files (and with them all output channels), and the end of the extension host when the server dies.
 * VS Code's other native modules (credentials, device id, agent sessions) are loaded only by what the tests do not use. */
const NATIVE_MODULES = ["@vscode/spdlog", "@vscode/native-watchdog"];

const CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

function inputsHash() {
  const inputs = ["package.json", "package-lock.json"].map((name) => readFileSync(join(editor, name)));
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const input of [...inputs, readFileSync(script)]) hash.update(input);
  return hash.digest("hex");
}

function isReady(inputs) {
  if (!existsSync(readyFile)) return false;
  const ready = JSON.parse(readFileSync(readyFile, "utf8"));
  return ready.inputs === inputs && [ready.node, ready.server, ready.chromium].every((path) => existsSync(path));
}

function onPath(names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

function ensureChromium() {
  const find = () => process.env.AIM_CHROMIUM ?? onPath(CHROMIUM_NAMES);
  if (!find()) {
    installSystemPackage(
      "Chromium, in which the tests open the editor,",
      { "apt-get": ["chromium"] },
      "Or set AIM_CHROMIUM to the path of Chromium or Chrome",
    );
  }
  return find() ?? fail("Chromium was installed, but is not on PATH: set AIM_CHROMIUM to its path.");
}

/** SwiftShader comes with Chromium; the loader through which ONNX Runtime finds it does not. */
function ensureVulkan() {
  if (process.platform !== "linux" || process.arch !== "x64") return; // elsewhere the tests need the adapter of the machine
  const loader = "libvulkan.so.1";
  const folders = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"];
  if (folders.some((folder) => existsSync(join(folder, loader)))) return;
  installSystemPackage(
    `the Vulkan loader (${loader}), through which WebGPU is tested in software,`,
    { "apt-get": ["libvulkan1"] },
    "Install your system's package of it",
  );
}

function ensureCompiler() {
  if (["python3", "g++", "make"].every((program) => works(program, ["--version"]))) return;
  installSystemPackage(
    "the compiler that builds two modules of the test editor (python3, g++, make)",
    { "apt-get": ["python3", "g++", "make"] },
    "See https://github.com/nodejs/node-gyp#installation",
  );
}

function installServer() {
  say("installing the editor of the tests");
  run("npm", ["ci", ...NPM_INSTALL], { cwd: editor });
  if (!existsSync(nodeBinary)) {
    fail(
      `the editor of the tests has no Node for ${process.platform}-${process.arch}: it runs on Linux, x64 and arm64.`,
    );
  }
  run("npm", ["install", "--omit=dev", "--no-save", ...NPM_INSTALL], { cwd: vscode });
}

function buildNativeModules() {
  say("building two of its modules, about half a minute");
  // Headers come from the Node that loads the modules, never from the machine. Unoptimised: the optimiser takes most of the time.
  const env = { ...process.env, npm_config_nodedir: nodePackage, CXXFLAGS: "-O0", JOBS: "max" };
  env.PATH = `${dirname(nodeBinary)}${delimiter}${env.PATH}`;
  run("npm", ["rebuild", "--loglevel=error", ...NATIVE_MODULES], { cwd: vscode, env });
  const load = `for (const name of ${JSON.stringify(NATIVE_MODULES)}) require(name)`;
  run(nodeBinary, ["-e", load], { cwd: vscode });
}

ensureVulkan();
const inputs = inputsHash();
if (!isReady(inputs)) {
  const chromium = ensureChromium();
  ensureCompiler();
  installServer();
  buildNativeModules();
  const ready = { inputs, node: nodeBinary, server: join(server, "out", "node", "entry.js"), chromium };
  writeFileSync(readyFile, `${JSON.stringify(ready, undefined, 1)}\n`);
}
