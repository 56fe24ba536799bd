import { AimError } from "#core/errors.ts";
import { formatCount } from "#core/units.ts";
import { inspectModel, type ModelReport } from "#runtime/inspect.ts";
import { modelFolder } from "#runtime/models.ts";
import type { Command } from "../command.ts";
import { isSet, parseCommandArgs } from "../options.ts";
import { ProgressLine } from "../progress.ts";

const OPTIONS = { json: { type: "boolean" } } as const;

export const inspect: Command = {
  name: "inspect",
  summary: "say what a checkpoint folder is, its parameters, and what will not work",
  help: `Usage: aim inspect [DIR] [--json]

Reads a checkpoint folder (default: the embedded model) without running it: family, sizes, parameters, tokens of a picture and of a
video frame, preset, memory by precision. Every weight is searched for values that are not finite. Exit code 1 if something will not work.`,

  async run(args, io) {
    const { values, positionals } = parseCommandArgs("inspect", args, OPTIONS);
    if (positionals.length > 1) throw new AimError("invalid-argument", "give one folder", { hint: "aim inspect DIR" });
    const progress = new ProgressLine(io);
    const report = await inspectModel(modelFolder(positionals[0], process.cwd()), {
      signal: io.signal,
      onProgress: (done, total) => progress.show(`reading weights ${Math.floor((100 * done) / Math.max(1, total))} %`),
    });
    progress.clear();
    io.out(isSet(values, "json") ? `${JSON.stringify(reportJson(report), undefined, 2)}\n` : describe(report));
    return report.problems.length > 0 ? 1 : 0;
  },
};

function reportJson({ folder, facts, problems }: ModelReport): unknown {
  return { folder, facts, problems: problems.map(({ code, message, hint }) => ({ code, message, hint })) };
}

function describe({ folder, facts, problems }: ModelReport): string {
  const lines = [folder, ""];
  for (const [name, value] of Object.entries(facts)) {
    lines.push(`  ${name.padEnd(14)}${typeof value === "number" ? formatCount(value) : value}`);
  }
  lines.push("", problems.length === 0 ? "nothing found that will not work" : "will not work:");
  for (const { message, hint } of problems) lines.push(`  - ${message}${hint ? `\n    ${hint}` : ""}`);
  return `${lines.join("\n")}\n`;
}
