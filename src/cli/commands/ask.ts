import { AimError } from "#core/errors.ts";
import { recordToJson } from "#core/record-codec.ts";
import { Engine } from "#runtime/engine.ts";
import { modelFolder } from "#runtime/models.ts";
import type { Command } from "../command.ts";
import {
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
import { runJson, summaryLines } from "../run-summary.ts";

const OPTIONS = {
  ...SETTING_OPTIONS,
  image: { type: "string", multiple: true },
  video: { type: "string", multiple: true },
  start: { type: "string" },
  end: { type: "string" },
  json: { type: "boolean" },
  report: { type: "string" },
} as const;

export const ask: Command = {
  name: "ask",
  summary: "ask one question about images and videos",
  help: `Usage: aim ask [--video FILE | --image FILE]... [settings] QUESTION

  --image FILE, --video FILE   media of the question, in order; several are allowed
  --start 1:20, --end 2:00     the part of the videos that frames are taken from
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
    const query = { question, media: mediaReferences(parsed), settings: settingsPatch(values) };
    const options = engineOptions(values);

    const progress = new ProgressLine(io);
    const streams = !isSet(values, "json");
    const engine = await Engine.open(modelFolder(text(values, "model"), process.cwd()), options);
    try {
      const onText = (piece: string) => {
        progress.clear();
        if (streams) io.out(piece);
      };
      const record = await engine.ask(query, { ...progress.events, onText }, io.signal);
      progress.clear();
      if (streams) io.out(`\n\n${summaryLines(record).join("\n")}\n`);
      else io.out(`${JSON.stringify(runJson(record), undefined, 2)}\n`);
      const report = text(values, "report");
      if (report !== undefined) {
        const path = await writeReport({ title: question, entries: [{ run: recordToJson(record) }] }, report);
        io.err(`report: ${path}\n`);
      }
      return record.finish === "cancelled" ? 130 : 0;
    } finally {
      progress.clear();
      await engine.close();
    }
  },
};
