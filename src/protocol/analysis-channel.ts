import type { AttentionQuery, AttentionTrace } from "#core/attention-trace.ts";
import { AimError } from "#core/errors.ts";
import {
  createMessageConnection,
  type MessageConnection,
  NotificationType,
  NotificationType0,
  NotificationType2,
  RequestType,
  RequestType0,
  RequestType3,
} from "#jsonrpc";
import type { AnalysisApi, AnalysisContent, AnalysisEvents, CellReduction, SavedFile } from "./analysis-api.ts";
import { call, forget, reply } from "./call.ts";
import { isLetter, LetterReader, LetterWriter, type MessagePipe } from "./message-pipe.ts";
import type { WireError } from "./wire-error.ts";

const ATTENTION_TRACE = new RequestType<string, AttentionTrace, WireError>("attentionTrace");
const REPLAY = new RequestType<string, AttentionTrace, WireError>("replay");
const ATTENTION = new RequestType<AttentionQuery, Float32Array, WireError>("attention");
const WRITE_TO_CELL = new RequestType3<string, CellReduction, boolean, null, WireError>("writeToCell");
const SAVE = new RequestType<SavedFile, boolean, WireError>("save");
const SAVE_REPORT = new RequestType<readonly string[], boolean, WireError>("saveReport");
const SAVE_RUN = new RequestType<string, boolean, WireError>("saveRun");
const OPEN_BESIDE = new RequestType<readonly string[], null, WireError>("openBeside");
const COMPARE_WITH_FULL = new RequestType<string, null, WireError>("compareWithFull");
const STOP = new RequestType0<null, WireError>("stop");
const CHOOSE_RUNS = new RequestType<readonly string[], null, WireError>("chooseRuns");

/** The page listens to events from now on. */
const READY = new NotificationType0("ready");
const SHOW = new NotificationType<AnalysisContent>("show");
const PROGRESS = new NotificationType2<string, string>("progress");
/** The editor's end answers no more. */
const CLOSED = new NotificationType0("closed");

/** The editor, as a page sees it. */
export interface RemoteAnalysis {
  /** Every call rejects with the editor's AimError, or with `cancelled` once one of the ends is gone. */
  readonly api: AnalysisApi;
  /** Begins to listen: `show` is called with what the editor showed last, and from then on. Called once. */
  readonly onEvents: (events: AnalysisEvents) => void;
  /** Rejects all pending calls, and all later ones. */
  readonly dispose: () => void;
}

/** Makes the page's end of `pipe`. */
export function remoteAnalysis(pipe: MessagePipe): RemoteAnalysis {
  const page = String(Math.random());
  const reader = new LetterReader();
  const stop = pipe.onMessage((letter) => isLetter(letter) && letter.page === page && reader.receive(letter));
  const connection = createMessageConnection(reader, new LetterWriter(pipe, page));
  const dispose = () => {
    stop();
    connection.dispose();
  };
  connection.onNotification(CLOSED, dispose);
  connection.listen();
  return {
    api: apiOf(connection),
    onEvents: (events) => {
      connection.onNotification(SHOW, events.show);
      connection.onNotification(PROGRESS, events.progress);
      forget(() => connection.sendNotification(READY));
    },
    dispose,
  };
}

function apiOf(connection: MessageConnection): AnalysisApi {
  const lost = () => new AimError("cancelled", "the editor or the page was closed");
  const ask = <Result>(send: () => Promise<Result>) => call(send, { lost, callee: "the editor" });
  const tell = async (send: () => Promise<null>) => void (await ask(send));
  return {
    attentionTrace: (run) => ask(() => connection.sendRequest(ATTENTION_TRACE, run)),
    replay: (run) => ask(() => connection.sendRequest(REPLAY, run)),
    attention: (query) => ask(() => connection.sendRequest(ATTENTION, query)),
    writeToCell: (run, reduction, isRun) => tell(() => connection.sendRequest(WRITE_TO_CELL, run, reduction, isRun)),
    save: (file) => ask(() => connection.sendRequest(SAVE, file)),
    saveReport: (runs) => ask(() => connection.sendRequest(SAVE_REPORT, runs)),
    saveRun: (run) => ask(() => connection.sendRequest(SAVE_RUN, run)),
    openBeside: (runs) => tell(() => connection.sendRequest(OPEN_BESIDE, runs)),
    compareWithFull: (run) => tell(() => connection.sendRequest(COMPARE_WITH_FULL, run)),
    stop: () => tell(() => connection.sendRequest(STOP)),
    chooseRuns: (runs) => tell(() => connection.sendRequest(CHOOSE_RUNS, runs)),
  };
}

/** A page, as the editor sees it. */
export interface ServedAnalysis {
  /** A page that begins, for the first time or again after it was hidden, is told the last `show`; other events need one that listens. */
  readonly events: AnalysisEvents;
  /** Answers no more; what the page still waits for rejects there with `cancelled`. */
  readonly dispose: () => void;
}

/** Makes the editor's end of `pipe`, before the page is loaded: answers the page's calls with `api`, and those of the next page when it is loaded anew. */
export function serveAnalysis(pipe: MessagePipe, api: AnalysisApi): ServedAnalysis {
  let current:
    | { readonly page: string; readonly reader: LetterReader; readonly connection: MessageConnection }
    | undefined;
  let shown: AnalysisContent | undefined;
  const begin = (page: string) => {
    current?.connection.dispose();
    const reader = new LetterReader();
    const connection = createMessageConnection(reader, new LetterWriter(pipe, page));
    answer(connection, api);
    connection.onNotification(READY, () => {
      if (shown) show(connection, shown);
    });
    connection.listen();
    current = { page, reader, connection };
    return current;
  };
  const stop = pipe.onMessage((letter) => {
    if (!isLetter(letter)) return;
    const { reader } = letter.page === current?.page ? current : begin(letter.page);
    reader.receive(letter);
  });
  return {
    events: {
      show: (content) => {
        shown = content;
        if (current) show(current.connection, content);
      },
      progress: (run, text) => {
        const connection = current?.connection;
        if (connection) forget(() => connection.sendNotification(PROGRESS, run, text));
      },
    },
    dispose: () => {
      stop();
      const connection = current?.connection;
      if (!connection) return;
      forget(() => connection.sendNotification(CLOSED));
      connection.dispose();
    },
  };
}

const show = (connection: MessageConnection, content: AnalysisContent) =>
  forget(() => connection.sendNotification(SHOW, content));

function answer(connection: MessageConnection, api: AnalysisApi): void {
  const done = async (work: Promise<void>) => {
    await work;
    return null;
  };
  connection.onRequest(ATTENTION_TRACE, (run) => reply(() => api.attentionTrace(run)));
  connection.onRequest(REPLAY, (run) => reply(() => api.replay(run)));
  connection.onRequest(ATTENTION, (query) => reply(() => api.attention(query)));
  connection.onRequest(WRITE_TO_CELL, (run, reduction, isRun) =>
    reply(() => done(api.writeToCell(run, reduction, isRun))),
  );
  connection.onRequest(SAVE, (file) => reply(() => api.save(file)));
  connection.onRequest(SAVE_REPORT, (runs) => reply(() => api.saveReport(runs)));
  connection.onRequest(SAVE_RUN, (run) => reply(() => api.saveRun(run)));
  connection.onRequest(OPEN_BESIDE, (runs) => reply(() => done(api.openBeside(runs))));
  connection.onRequest(COMPARE_WITH_FULL, (run) => reply(() => done(api.compareWithFull(run))));
  connection.onRequest(STOP, () => reply(() => done(api.stop())));
  connection.onRequest(CHOOSE_RUNS, (runs) => reply(() => done(api.chooseRuns(runs))));
}
