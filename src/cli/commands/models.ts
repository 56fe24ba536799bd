import { AimError } from "#core/errors.ts";
import { formatBytes } from "#core/units.ts";
import { removeModel } from "#library/installed-models.ts";
import { type KnownModel, knownModels } from "#runtime/model-list.ts";
import type { Command } from "../command.ts";
import { isSet, parseCommandArgs, text } from "../options.ts";

const OPTIONS = { remove: { type: "string" }, json: { type: "boolean" } } as const;

export const models: Command = {
  name: "models",
  summary: "list the models that can be asked by name, or remove an imported one",
  help: `Usage: aim models [--json]
       aim models --remove NAME

Lists the embedded model, those that aim import made, and those in the folders of AIM_MODELS: family, precision, size on disk.

  --remove NAME   remove an imported model; files that were not copied stay where they are`,

  async run(args, io) {
    const { values, positionals } = parseCommandArgs("models", args, OPTIONS);
    if (positionals.length > 0) {
      throw new AimError("invalid-argument", `aim models takes no ${JSON.stringify(positionals[0])}`, {
        hint: "aim models --remove NAME removes an imported model",
      });
    }
    const removed = text(values, "remove");
    if (removed !== undefined) {
      removeModel(removed);
      io.out(`${removed} is removed\n`);
      return 0;
    }
    const known = knownModels();
    io.out(isSet(values, "json") ? `${JSON.stringify(known, undefined, 2)}\n` : `${table(known)}\n`);
    return 0;
  },
};

function table(known: readonly KnownModel[]): string {
  const rows = known.map(({ name, origin, family, precision, sizeBytes, problem, folder }) => [
    name,
    origin,
    family ?? "",
    precision ?? "auto",
    sizeBytes === undefined ? "" : formatBytes(sizeBytes),
    problem ? `cannot be used: ${problem.message}` : (folder ?? ""),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
