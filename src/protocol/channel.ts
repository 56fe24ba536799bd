import {
  type CancellationToken,
  CancellationTokenSource,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
  NotificationType0,
  NotificationType2,
  NotificationType4,
  RequestType,
  RequestType0,
  RequestType2,
} from "vscode-jsonrpc/node";
import type { AttentionQuery, AttentionTrace } from "#core/attention-trace.ts";
import type { AimError } from "#core/errors.ts";
import type { ModelDescription } from "#core/model-description.ts";
import type { ImportedModel, ImportPlan, ImportRequest, ImportStage } from "#core/model-import.ts";
import type { ProgressStage } from "#core/progress.ts";
import type { RunRecord } from "#core/record.ts";
import { call, forget, reply } from "./call.ts";
import type { AskRequest, KernelApi, KernelEvents, LogLevel, ModelChoice } from "./kernel-api.ts";
import type { WireError } from "./wire-error.ts";

const ASK = new RequestType2<string, AskRequest, RunRecord, WireError>("ask");
const ATTENTION_TRACE = new RequestType<string, AttentionTrace, WireError>("attentionTrace");
const ATTENTION = new RequestType<AttentionQuery, Float32Array, WireError>("attention");
const DESCRIBE = new RequestType<ModelChoice, ModelDescription, WireError>("describe");
const PLAN_IMPORT = new RequestType<ImportRequest, ImportPlan, WireError>("planImport");
const IMPORT_MODEL = new RequestType2<string, ImportRequest, ImportedModel, WireError>("importModel");
const CLEAR_FEATURES = new RequestType0<number, WireError>("clearFeatures");

/** The kernel's first word: it answers from now on. */
const READY = new NotificationType0("ready");
const PROGRESS = new NotificationType4<string, ProgressStage, number, number>("progress");
const IMPORT_PROGRESS = new NotificationType4<string, ImportStage, number, number>("importProgress");
const TEXT = new NotificationType2<string, string>("text");
const LOG = new NotificationType2<LogLevel, string>("log");

/**
 * A connection to the other end of a process's IPC channel, for both ends. Values cross by structured clone if the child was
 * forked with `serialization: "advanced"`. It carries nothing before remoteKernel or serveKernel.
 */
export function ipcConnection(process: ConstructorParameters<typeof IPCMessageReader>[0]): MessageConnection {
  return createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
}

/** The kernel at the other end. */
export interface RemoteKernel extends KernelApi {
  /** Resolves once it serves; never if the connection ends first. */
  readonly ready: Promise<void>;
  /** Rejects all pending calls, and all later ones, with what `lost` of remoteKernel gives. */
  readonly disconnect: () => void;
}

/**
 * Makes the caller's end: every call rejects with the AimError that the kernel threw, or with `lost()` if the connection ended first.
 *
 * A cancelled call still waits for the kernel's answer, which may be a whole one.
 */
export function remoteKernel(
  connection: MessageConnection,
  { events, lost }: { readonly events: KernelEvents; readonly lost: () => AimError },
): RemoteKernel {
  const ready = new Promise<void>((resolve) => connection.onNotification(READY, resolve));
  connection.onNotification(PROGRESS, events.progress);
  connection.onNotification(IMPORT_PROGRESS, events.importProgress);
  connection.onNotification(TEXT, events.text);
  connection.onNotification(LOG, events.log);
  connection.listen();
  const ask = <Result>(send: () => Promise<Result>) => call(send, { lost, callee: "the kernel" });
  return {
    ready,
    ask: (run, request, signal) =>
      ask(() => withToken(signal, (token) => connection.sendRequest(ASK, run, request, token))),
    attentionTrace: (run) => ask(() => connection.sendRequest(ATTENTION_TRACE, run)),
    attention: (query) => ask(() => connection.sendRequest(ATTENTION, query)),
    describe: (choice) => ask(() => connection.sendRequest(DESCRIBE, choice)),
    planImport: (request, signal) =>
      ask(() => withToken(signal, (token) => connection.sendRequest(PLAN_IMPORT, request, token))),
    importModel: (job, request, signal) =>
      ask(() => withToken(signal, (token) => connection.sendRequest(IMPORT_MODEL, job, request, token))),
    clearFeatures: () => ask(() => connection.sendRequest(CLEAR_FEATURES)),
    disconnect: () => connection.dispose(),
  };
}

/** Makes the kernel's end: answers with `api`, and says that it is ready. */
export function serveKernel(connection: MessageConnection, api: KernelApi): void {
  connection.onRequest(ASK, (run, request, token) => reply(() => api.ask(run, request, signalOf(token))));
  connection.onRequest(ATTENTION_TRACE, (run) => reply(() => api.attentionTrace(run)));
  connection.onRequest(ATTENTION, (query) => reply(() => api.attention(query)));
  connection.onRequest(DESCRIBE, (choice) => reply(() => api.describe(choice)));
  connection.onRequest(PLAN_IMPORT, (request, token) => reply(() => api.planImport(request, signalOf(token))));
  connection.onRequest(IMPORT_MODEL, (job, request, token) =>
    reply(() => api.importModel(job, request, signalOf(token))),
  );
  connection.onRequest(CLEAR_FEATURES, () => reply(() => api.clearFeatures()));
  connection.listen();
  forget(() => connection.sendNotification(READY));
}

/** The events of the caller at the other end. One that cannot be sent any more is dropped: the process is about to end. */
export function remoteEvents(connection: MessageConnection): KernelEvents {
  return {
    progress: (run, stage, done, total) => forget(() => connection.sendNotification(PROGRESS, run, stage, done, total)),
    importProgress: (job, stage, done, total) =>
      forget(() => connection.sendNotification(IMPORT_PROGRESS, job, stage, done, total)),
    text: (run, text) => forget(() => connection.sendNotification(TEXT, run, text)),
    log: (level, message) => forget(() => connection.sendNotification(LOG, level, message)),
  };
}

async function withToken<Result>(
  signal: AbortSignal | undefined,
  send: (token: CancellationToken) => Promise<Result>,
): Promise<Result> {
  const source = new CancellationTokenSource();
  const cancel = () => source.cancel();
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    return await send(source.token);
  } finally {
    signal?.removeEventListener("abort", cancel);
    source.dispose();
  }
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
