import { type ConfigurationScope, ConfigurationTarget, workspace } from "vscode";
import { PRECISIONS, type PrecisionName } from "#core/precision.ts";
import { DEVICES, type DeviceName } from "#core/settings.ts";

/** The user's settings, checked. Nothing else reads the configuration. */
export interface Settings {
  /** Where a cell has no directive of the same name. */
  readonly model: string;
  readonly device: DeviceName;
  readonly precision: PrecisionName;
  readonly modelFolders: readonly string[];
  /** Empty for Hugging Face's. */
  readonly hubUrl: string;
  /** Empty for what the kernel finds by itself. */
  readonly ffmpegPath: string;
  readonly cacheFolder: string;
  readonly idleMs: number;
  readonly interruptMs: number;
  /** What the history of runs may take on disk; 0 for no history. */
  readonly historyBytes: number;
}

/** Settings of which a running kernel learns nothing: it has to be started again. */
export const KERNEL_SETTINGS = ["aim.ffmpegPath", "aim.cacheFolder", "aim.modelFolders"] as const;

/** Reads the settings as they are for `scope`; a value that is no longer valid counts as the default. */
export function readSettings(scope?: ConfigurationScope): Settings {
  const configuration = workspace.getConfiguration("aim", scope);
  const text = (name: string) => String(configuration.get(name) ?? "").trim();
  const number = (name: string, least: number) => Math.max(least, Number(configuration.get(name)) || 0);
  const folders = configuration.get<unknown>("modelFolders");
  return {
    model: text("model") || "demo",
    device: DEVICES.find((name) => name === text("device")) ?? "auto",
    precision: PRECISIONS.find((name) => name === text("precision")) ?? "auto",
    modelFolders: Array.isArray(folders) ? folders.map(String).filter((folder) => folder.trim() !== "") : [],
    hubUrl: text("hubUrl"),
    ffmpegPath: text("ffmpegPath"),
    cacheFolder: text("cacheFolder"),
    idleMs: number("kernel.idleMinutes", 0) * 60_000,
    interruptMs: number("kernel.interruptSeconds", 1) * 1000,
    historyBytes: number("runs.storageMb", 0) * 1e6,
  };
}

/** Writes a setting for the open workspace, or for the user where none is open. */
export async function writeSetting(name: "model" | "device", value: string): Promise<void> {
  const target = workspace.workspaceFolders ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await workspace.getConfiguration("aim").update(name, value, target);
}

/** Writes the list of model folders where it holds now: of the open workspace if it has one of its own, else of the user. */
export async function writeModelFolders(folders: readonly string[]): Promise<void> {
  const configuration = workspace.getConfiguration("aim");
  const isOfWorkspace = workspace.isTrusted && configuration.inspect("modelFolders")?.workspaceValue !== undefined;
  const target = isOfWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await configuration.update("modelFolders", folders, target);
}
