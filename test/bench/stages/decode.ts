import { figure, percent, table, verdict } from "../table.ts";
import { machinePeak } from "./machine.ts";
import { medians, PRECISIONS, prefillJob } from "./prefill.ts";
import type { Stage } from "./stage.ts";

const TARGET = 0.8;

/** A token reads every weight once and the whole KV cache: memory bandwidth is what bounds it. */
export const decode: Stage = {
  name: "decode",
  title: "Decoding after AIM",
  jobs: (setup) => PRECISIONS.map((precision) => prefillJob(setup, precision, "AIM")),
  report(setup, results) {
    const { readGbPerSecond } = machinePeak(setup, results);
    const rows = PRECISIONS.map((precision) => {
      const found = medians(results.of(prefillJob(setup, precision, "AIM")));
      if (!found) return [precision];
      const bytes = found.weightBytes + found.cacheBytes;
      const allowedMs = bytes / readGbPerSecond / 1e6;
      const share = allowedMs / found.decodeMs;
      return [
        precision,
        figure(found.decodeMs),
        figure(1000 / found.decodeMs),
        `${figure(found.weightBytes / 1e6)} + ${figure(found.cacheBytes / 1e6)}`,
        figure(1000 / allowedMs),
        percent(share),
        verdict(share >= TARGET),
      ];
    });
    const header = ["precision", "ms a token", "tokens/s", "MB a token: weights + KV cache"];
    return table([...header, "memory allows tokens/s", "of that", `>= ${percent(TARGET)}`], rows);
  },
};
