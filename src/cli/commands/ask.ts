import { AimError } from "#core/errors.ts";
import { runsEntry } from "#core/report-document.ts";
import { askColumns } from "#notebook/ask-columns.ts";
import { layColumns } from "#notebook/column.ts";
import { EnginePool } from "#runtime/engine-pool.ts";
import { modelFolder } from "#runtime/models.ts";
import type { Command } from "../command.ts";
import {
  comparedColumns,
  engineOptions,
  isSet,
  mediaReferences,
  parseCommandArgs,
  SETTING_OPTIONS,
  SETTINGS_HELP,
  settingsPatch,
  text,
} from "../options.ts";
import { ProgressLine } from "../progress.ts";
import { writeReport } from "../report-file.ts";
import { comparedText, runsJson, summaryLines } from "../run-summary.ts";

const OPTIONS = {
  ...SETTING_OPTIONS,
  image: { type: "string", multiple: true },
  video: { type: "string", multiple: true },
  start: { type: "string" },
  end: { type: "string" },
  compare: { type: "string", multiple: true },
  json: { type: "boolean" },
  report: { type: "string" },
} as const;

export const ask: Command = {
  name: "ask",
  summary: "ask one question about images and videos",
  help: `Usage: aim ask [--video FILE | --image FILE]... [settings] QUESTION

  --image FILE, --video FILE   media of the question, in order; several are allowed
  --start 1:20, --end 2:00     the part of the videos that frames are taken from
  --compare SETTINGS           also ask under other settings, such as "full" or "merge=50% prune=off"; given several times, under these only
  --json                       print one JSON object instead of text
  --report FILE.html           also write a report that opens in any browser
${SETTINGS_HELP}

Example: aim ask --video media/samples/star-moves.mp4 "Which way does the star move?"`,

  async run(args, io) {
    const parsed = parseCommandArgs("ask", args, OPTIONS);
    const { values } = parsed;
    const question = parsed.positionals.join(" ").trim();
    if (question === "")
      throw new AimError("invalid-argument", "there is no question", {
        hint: "give it as the last argument, in quotes",
      });
    const { precision, visionPrecision, ...options } = engineOptions(values);
    const precisions = { ...(precision && { precision }), ...(visionPrecision && { visionPrecision }) };
    const own = { media: mediaReferences(parsed), patch: settingsPatch(values), ...precisions };
    const columns = layColumns(own, comparedColumns(parsed));

    const folder = modelFolder(text(values, "model"), process.cwd());
    const engines = new EnginePool();
    const progress = new ProgressLine(io);
    const isJson = isSet(values, "json");
    const isStreamed = !isJson && columns.length === 1;
    const onText = (piece: string) => {
      progress.clear();
      if (isStreamed) io.out(piece);
    };
    try {
      const { runs, isComplete } = await askColumns(columns, async (column, part) => {
        const engine = await engines.get(folder, {
          ...options,
          ...(column.precision && { precision: column.precision }),
          ...(column.visionPrecision && { visionPrecision: column.visionPrecision }),
        });
        const query = { question, media: column.media, settings: column.patch };
        const record = await engine.ask(query, { ...progress.eventsOf(part), onText }, io.signal);
        progress.clear();
        if (isStreamed) io.out(`\n\n${summaryLines(record).join("\n")}\n`);
        else if (!isJson) io.out(`${comparedText({ label: column.label, record })}\n\n`);
        return record;
      });
      if (isJson) io.out(`${JSON.stringify(runsJson(question, runs), undefined, 2)}\n`);
      const report = text(values, "report");
      if (report !== undefined) {
        const path = await writeReport({ title: question, entries: [runsEntry(runs)] }, report);
        io.err(`report: ${path}\n`);
      }
      return isComplete ? 0 : 130;
    } finally {
      progress.clear();
      await engines.close();
    }
  },
};
