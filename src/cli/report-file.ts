import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { AimError } from "#core/errors.ts";
import type { ReportDocument } from "#core/report-document.ts";
import { replaceFile } from "#library/replace-file.ts";
import { buildReport } from "#report/page.ts";
import { packageRoot } from "#runtime/models.ts";

/** Writes `document` as one HTML file and returns its absolute path. Throws `io`. */
export async function writeReport(document: ReportDocument, path: string): Promise<string> {
  const target = resolve(path);
  const page = (name: string) => readFileSync(join(packageRoot(), "dist", name), "utf8");
  await writeWhole(target, buildReport(document, page("report.js"), page("report.css")));
  return target;
}

/** Writes a text file whole or not at all. Throws `io`. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await replaceFile(path, (partial) => writeFileSync(partial, text)).catch((cause: unknown) => {
    throw new AimError("io", `${path} could not be written`, {
      hint: "check that the folder exists and may be written to",
      cause,
    });
  });
}
