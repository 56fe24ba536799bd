import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { createMessageConnection, PortMessageReader, PortMessageWriter } from "vscode-jsonrpc/node";
import { AimError } from "#core/errors.ts";
import type { ModelDescription } from "#core/model-description.ts";
import type { RunRecord } from "#core/record.ts";
import { type RemoteKernel, remoteEvents, remoteKernel, serveKernel } from "#protocol/channel.ts";
import type { KernelApi, KernelEvents } from "#protocol/kernel-api.ts";
import { request } from "../support/supervised.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

const never = () => new Promise<never>(() => {});
const fails = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AimError, `${error}`);
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

describe("protocol/channel", () => {
  let ports = new MessageChannel();
  let told: unknown[] = [];
  beforeEach(() => {
    ports = new MessageChannel();
    told = [];
  });
  afterEach(() => {
    ports.port1.close();
    ports.port2.close();
  });

  /** The caller's end of a channel to a kernel in this process; values are cloned on the way. */
  function connect(make: (events: KernelEvents) => Partial<KernelApi>): RemoteKernel {
    const [here, there] = [ports.port1, ports.port2].map((port) =>
      createMessageConnection(new PortMessageReader(port), new PortMessageWriter(port)),
    );
    assert.ok(here && there);
    const events: KernelEvents = {
      progress: (...args) => told.push(args),
      text: (...args) => told.push(args),
      importProgress: (...args) => told.push(args),
      log: (...args) => told.push(args),
    };
    const remote = remoteKernel(here, { events, lost: () => new AimError("kernel-lost", "it died") });
    serveKernel(there, {
      ask: never,
      attentionTrace: never,
      attention: never,
      describe: never,
      planImport: never,
      importModel: never,
      clearFeatures: never,
      ...make(remoteEvents(there)),
    });
    return remote;
  }

  it("gives results as they are", async () => {
    const record = syntheticRecord();
    const description: ModelDescription = {
      folder: "/models/demo",
      name: "demo",
      family: "llava-onevision",
      parameters: 7,
      layers: 8,
      preset: record.settings,
    };
    const asked: unknown[] = [];
    const remote = connect(() => ({
      ask: async (...args) => {
        asked.push(args.slice(0, 2));
        return record;
      },
      describe: async (choice) => ({ ...description, folder: `${choice.base}/${choice.model}` }),
      attentionTrace: async (run) => ({
        run,
        tokens: [{ text: "?", role: "question" }],
        layers: 8,
        heads: 4,
        visual: 3,
      }),
      attention: async ({ token, layer }) => Float32Array.of(token, layer, Number.NaN),
      clearFeatures: async () => 0,
    }));
    await remote.ready;
    assert.ok([...record.visual.importance].some(Number.isNaN));
    assert.deepEqual(await remote.ask("1", request("Why?")), record);
    assert.deepEqual(asked, [["1", request("Why?")]]);
    assert.deepEqual(await remote.describe({ base: "/models", model: "demo" }), description);
    const trace = { run: "1", tokens: [{ text: "?", role: "question" }], layers: 8, heads: 4, visual: 3 };
    assert.deepEqual(await remote.attentionTrace("1"), trace);
    assert.deepEqual(await remote.attention({ run: "1", token: 5, layer: 6 }), Float32Array.of(5, 6, Number.NaN));
    assert.equal(await remote.clearFeatures(), 0);
  });

  it("rejects with the kernel's own error, thrown at once or later", async () => {
    const remote = connect(() => ({
      describe: async () => {
        throw new AimError("invalid-model", "no config.json", { hint: "look" });
      },
      clearFeatures: () => {
        throw new TypeError("oh");
      },
    }));
    await assert.rejects(remote.describe({ base: "/" }), fails("invalid-model", /^no config.json$/));
    await assert.rejects(remote.clearFeatures(), fails("io", /^unexpected: oh$/));
  });

  it("rejects what cannot be copied, on either way", async () => {
    const notCopied = { ...syntheticRecord(), id: () => {} } as unknown as RunRecord;
    const remote = connect(() => ({ ask: async () => notCopied }));
    await assert.rejects(remote.ask("1", request("Why?")), fails("io", /could not be cloned/));
    const question = (() => {}) as unknown as string;
    await assert.rejects(remote.ask("1", { ...request("Why?"), question }), fails("io", /could not be cloned/));
  });

  it("hands a cancellation on, which may come before the call", async () => {
    const remote = connect(() => ({
      ask: (_run, _request, signal) =>
        new Promise((_, reject) => {
          const cancel = () => reject(new AimError("cancelled", "cancelled"));
          if (signal?.aborted) cancel();
          signal?.addEventListener("abort", cancel);
        }),
    }));
    const controller = new AbortController();
    const pending = remote.ask("1", request("Why?"), controller.signal);
    await turn();
    controller.abort();
    await assert.rejects(pending, fails("cancelled", /./));
    await assert.rejects(remote.ask("2", request("Why?"), AbortSignal.abort()), fails("cancelled", /./));
  });

  it("tells events in order and before the result", async () => {
    const remote = connect((events) => ({
      ask: async (run) => {
        events.progress(run, "decode", 1, 2);
        events.text(run, "one ");
        events.text(run, "two");
        events.log("warning", "tired");
        return syntheticRecord();
      },
    }));
    await remote.ask("9", request("Why?"));
    assert.deepEqual(told, [
      ["9", "decode", 1, 2],
      ["9", "one "],
      ["9", "two"],
      ["warning", "tired"],
    ]);
  });

  it("rejects pending and later calls once it is disconnected", async () => {
    const remote = connect(() => ({}));
    const pending = [remote.ask("1", request("Why?")), remote.describe({ base: "/" }), remote.clearFeatures()];
    const all = Promise.allSettled(pending);
    await remote.ready;
    remote.disconnect();
    for (const each of await all) {
      assert.equal(each.status, "rejected");
      assert.ok(fails("kernel-lost", /^it died$/)(each.reason));
    }
    await assert.rejects(remote.clearFeatures(), fails("kernel-lost", /^it died$/));
  });
});
