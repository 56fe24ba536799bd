import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readReady } from "./ready.ts";

const START_TIMEOUT_MS = 60_000;

/** Keeps the workbench to itself: no chat, no tips, no updates, no questions that a test has not asked for. */
const QUIET_SETTINGS = {
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "workbench.colorTheme": "Dark Modern",
  "window.autoDetectColorScheme": false,
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "telemetry.telemetryLevel": "off",
  "files.autoSave": "off",
};

/** What whoever runs the tests has for Hugging Face's hub is none of their business. */
const NO_ACCOUNT = { HF_TOKEN: "", HF_ENDPOINT: "" };

type Settings = Readonly<Record<string, unknown>>;

/** A real VS Code, as a server, with the packed extension installed and with settings and files of its own. */
export class EditorServer {
  readonly url: string;
  /** Everything that it writes is below this folder. */
  readonly folder: string;
  readonly #process: ChildProcess;

  private constructor(url: string, folder: string, process: ChildProcess) {
    this.url = url;
    this.folder = folder;
    this.#process = process;
  }

  static async start(vsix: string): Promise<EditorServer> {
    // A short path: sockets are made below it, and theirs may have 108 characters.
    const folder = mkdtempSync(path.join(tmpdir(), "aim-host-"));
    for (const name of ["home", "tmp"]) mkdirSync(path.join(folder, name));
    writeSettings(folder, {});
    await installed(launch(folder, ["--install-extension", vsix]));
    const server = launch(folder, ["--auth=none", "--bind-addr=127.0.0.1:0", "--reconnection-grace-time=1"]);
    const url = await printed(server, /HTTP server listening on (http:\/\/\S+:\d+)/);
    return new EditorServer(url, folder, server);
  }

  /** Replaces the user's settings, beside those that keep the workbench quiet. */
  setSettings(settings: Settings): void {
    writeSettings(this.folder, settings);
  }

  /** Replaces the settings that belong to the machine; a workspace cannot have them. */
  setMachineSettings(settings: Settings): void {
    writeJson(path.join(this.folder, "data", "Machine", "settings.json"), settings);
  }

  /** The ids of the kernel processes that run now, those of imports among them. */
  kernels(): number[] {
    const module = path.join(this.folder, "extensions");
    const isKernel = (id: string) => {
      const command = commandLine(id);
      return command.includes(module) && command.includes("kernel.mjs");
    };
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && isKernel(name))
      .map(Number);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const closed = once(this.#process, "close");
      killGroup(this.#process);
      await closed;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function launch(folder: string, args: readonly string[]): ChildProcess {
  const { node, server } = readReady();
  const at = (name: string) => path.join(folder, name);
  const files = [
    `--config=${at("config.yaml")}`,
    `--user-data-dir=${at("data")}`,
    `--extensions-dir=${at("extensions")}`,
  ];
  const options = [...files, "--disable-telemetry", "--disable-update-check", ...args];
  // A home of its own: what server and kernel write goes with the folder. A group of its own: all its processes end as one.
  const env = { ...process.env, ...NO_ACCOUNT, HOME: at("home"), TMPDIR: at("tmp"), XDG_RUNTIME_DIR: at("tmp") };
  Object.assign(env, { AIM_HOME: at("home/aim"), AIM_CACHE: at("home/cache"), HF_HUB_CACHE: at("home/hub") });
  const child = spawn(node, [server, ...options], {
    env,
    cwd: folder,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.once("exit", () => killGroup(child));
  return child;
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Waits until the process prints `pattern`, and returns the pattern's first group. Throws with all it printed if it ends before. */
function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  let log = "";
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`the editor's server ${what}\n${log}`));
    const timer = setTimeout(() => fail("does not start"), START_TIMEOUT_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        log += text;
        const match = pattern.exec(log);
        if (match) resolve(match[1] ?? "");
      });
    }
    child.once("close", (code) => fail(`ended with code ${code}`));
    child.once("close", () => clearTimeout(timer));
  });
}

async function installed(child: ChildProcess): Promise<void> {
  await Promise.all([printed(child, /was successfully installed/), once(child, "close")]);
}

function writeSettings(folder: string, settings: Settings): void {
  writeJson(path.join(folder, "data", "User", "settings.json"), { ...QUIET_SETTINGS, ...settings });
}

function writeJson(file: string, value: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value, undefined, 2));
}

/** Empty if the process has gone in the meantime. */
function commandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
