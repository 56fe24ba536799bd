// A kernel with nothing behind it that behaves as FAKE_KERNEL says; run as a process of its own.
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AimError } from "#core/errors.ts";
import type { ImportedModel, ImportRequest } from "#core/model-import.ts";
import { endProcess, holdLifeline } from "#kernel/lifeline.ts";
import { ipcConnection, remoteEvents, serveKernel } from "#protocol/channel.ts";
import type { AskRequest, KernelApi } from "#protocol/kernel-api.ts";
import { syntheticRecord } from "./synthetic-record.ts";

const behaviour = process.env.FAKE_KERNEL ?? "answers";

if (behaviour === "dies at start") {
  writeFileSync(2, "Error: there is no libfake.so\n    at somewhere (file.js:1:2)\n");
  process.exit(7);
}
if (behaviour === "hangs at start") block();

holdLifeline();
if (behaviour !== "stays") process.once("disconnect", endProcess);
else process.on("disconnect", () => setInterval(() => {}, 1000));
const connection = ipcConnection(process);
const events = remoteEvents(connection);
serveKernel(connection, {
  ask,
  attentionTrace: notHere,
  attention: notHere,
  describe: notHere,
  planImport: notHere,
  importModel,
  clearFeatures: async () => process.pid,
});

/** Blocks the event loop, as a graph run does. */
function block(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function notHere(): never {
  throw new AimError("not-found", "there is no model", { hint: "there never is" });
}

/** Goes as far as half of its bytes where the source says so, and to the end when it is cancelled there. */
async function importModel(job: string, { source }: ImportRequest, signal?: AbortSignal): Promise<ImportedModel> {
  events.importProgress(job, "convert", 1, 2);
  if (source === "block") await sleep(20).then(block);
  if (source === "wait") await sleep(60_000, undefined, { signal }).catch(() => undefined);
  events.importProgress(job, "convert", 2, 2);
  return { name: source, folder: `/${source}`, precision: { vision: "f32", decoder: "q8" } };
}

async function ask(run: string, { question }: AskRequest, signal?: AbortSignal): ReturnType<KernelApi["ask"]> {
  events.text(run, question);
  switch (question) {
    case "abort":
      await sleep(20); // lets the text leave
      return process.abort();
    case "exit":
      writeFileSync(2, "FATAL ERROR: something is wrong\n");
      return process.exit(3);
    case "block":
      await sleep(20);
      block();
      break;
    case "wait":
      await sleep(60_000, undefined, { signal }).catch(() => undefined);
      throw new AimError("cancelled", "cancelled");
    case "finish anyway":
      await sleep(60_000, undefined, { signal }).catch(() => undefined);
  }
  return syntheticRecord({ fields: { id: run, question } });
}
