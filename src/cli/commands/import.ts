import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { AimError, isCancelled } from "#core/errors.ts";
import type { ImportPlan, ImportRequest, ImportStage } from "#core/model-import.ts";
import { PRECISIONS, precisionText } from "#core/precision.ts";
import { parseWord } from "#core/settings.ts";
import { Transfer } from "#core/transfer.ts";
import { formatBytes, formatCount } from "#core/units.ts";
import { parseHubId } from "#library/hub/repository.ts";
import { type ImportOptions, importModel, planImport } from "#runtime/import/import-model.ts";
import { expandHome } from "#runtime/models.ts";
import type { Command, CommandIo } from "../command.ts";
import { isSet, type ParsedArgs, parseCommandArgs, text } from "../options.ts";
import { ProgressLine } from "../progress.ts";

const OPTIONS = {
  name: { type: "string" },
  precision: { type: "string" },
  replace: { type: "boolean" },
  "keep-download": { type: "boolean" },
  hub: { type: "string" },
  "no-check": { type: "boolean" },
  json: { type: "boolean" },
} as const;

const STAGES: Readonly<Record<ImportStage, string>> = {
  download: "downloading",
  convert: "converting",
  check: "checking",
};

export const importCommand: Command = {
  name: "import",
  summary: "make a model ready for use under a name: download it, convert its weights, try it",
  help: `Usage: aim import DIR [options]
       aim import ORGANISATION/NAME[@REVISION] [options]

Takes a Hugging Face checkpoint from a folder or from a hub, converts its weights once, tries the model, and lets its name stand for it:
aim ask --model NAME. What was interrupted goes on where it was with the same command.

  --name N          what it will be called (default: as the folder or the model on the hub is)
  --precision P     ${PRECISIONS.join(", ")} (default auto: f32 for small models, 8 bits for large ones). f32 copies nothing: a folder is used where it lies
  --replace         put it in the place of a model that has the name; that one stays until the new one is whole
  --keep-download   keep what was downloaded beside what it was converted to
  --hub URL         a mirror of the hub (default: HF_ENDPOINT, else https://huggingface.co)
  --no-check        do not try the model
  --json            print what came of it as JSON

A private model needs HF_TOKEN in the environment. Models of the Hugging Face cache are taken from there. AIM_HOME says where imported models are kept.`,

  async run(args, io) {
    const parsed = parseCommandArgs("import", args, OPTIONS);
    const request = requestOf(parsed);
    const plan = await planImport(request, io.signal);
    if (plan.problem) throw new AimError("invalid-argument", plan.problem.message, { ...hintOf(plan.problem) });
    const isJson = isSet(parsed.values, "json");
    if (!isJson) io.out(describe(request, plan));
    const model = await runImport(request, parsed, io);
    io.out(
      isJson
        ? `${JSON.stringify({ ...model, facts: plan.facts }, undefined, 2)}\n`
        : `\n${model.name} is ready (${precisionText(model.precision)}): aim ask --model ${model.name} ...\n`,
    );
    return 0;
  },
};

function requestOf({ values, positionals }: ParsedArgs): ImportRequest {
  const [source] = positionals;
  if (source === undefined || positionals.length > 1) {
    throw new AimError("invalid-argument", "give one folder, or one model of a hub", {
      hint: "aim import DIR, or aim import ORGANISATION/NAME",
    });
  }
  const path = resolve(expandHome(source));
  const [name, precision] = [text(values, "name"), text(values, "precision")];
  const hubUrl = text(values, "hub") ?? process.env.HF_ENDPOINT;
  const token = process.env.HF_TOKEN;
  return {
    source: existsSync(path) || parseHubId(source) === undefined ? path : source,
    ...(name !== undefined && { name }),
    ...(precision !== undefined && { precision: parseWord("precision", precision, PRECISIONS) }),
    ...(isSet(values, "replace") && { replaces: true }),
    ...(hubUrl && { hubUrl }),
    ...(token && { token }),
  };
}

async function runImport(request: ImportRequest, { values }: ParsedArgs, io: CommandIo) {
  const progress = new ProgressLine(io);
  const transfer = new Transfer();
  const onProgress: ImportOptions["onProgress"] = (stage, done, total) => {
    const amount = total > 0 ? transfer.text(done, total, performance.now()) : "that it runs";
    progress.show(`${STAGES[stage]} ${amount}`);
  };
  const [keepsDownload, skipsCheck] = [isSet(values, "keep-download"), isSet(values, "no-check")];
  try {
    return await importModel(request, { signal: io.signal, onProgress, keepsDownload, skipsCheck });
  } catch (error) {
    progress.clear();
    if (isCancelled(error)) io.err("stopped; the same command goes on where it was\n");
    throw error;
  } finally {
    progress.clear();
  }
}

function describe({ source }: ImportRequest, { name, facts, downloadBytes, diskBytes }: ImportPlan): string {
  const sizes = {
    ...(downloadBytes > 0 && { "to download": formatBytes(downloadBytes) }),
    "to write": diskBytes > 0 ? formatBytes(diskBytes) : "nothing: it is used where it lies",
  };
  const lines = Object.entries({ ...facts, ...sizes }).map(
    ([fact, value]) => `  ${fact.padEnd(14)}${typeof value === "number" ? formatCount(value) : value}`,
  );
  return `${[`${source}, as ${name}`, "", ...lines].join("\n")}\n`;
}

function hintOf({ hint }: { readonly hint?: string }): { hint?: string } {
  return hint === undefined ? {} : { hint };
}
