import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { AimError } from "#core/errors.ts";
import type { ReportDocument } from "#core/report-document.ts";
import { packageRoot } from "#runtime/models.ts";
import { buildReport } from "./report.ts";

/** Writes `document` as one HTML file and returns its absolute path. Throws `io`. */
export function writeReport(document: ReportDocument, path: string): string {
  const target = resolve(path);
  const page = (name: string) => readFileSync(join(packageRoot(), "dist", name), "utf8");
  writeWhole(target, buildReport(document, page("report.js"), page("report.css")));
  return target;
}

/** Writes a file through a temporary neighbour, so that it is never seen half written. Throws `io`. */
export function writeWhole(path: string, text: string): void {
  const partial = `${path}.${process.pid}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(partial, text);
    renameSync(partial, path);
  } catch (cause) {
    throw new AimError("io", `${path} could not be written`, { hint: "check that the folder exists and may be written to", cause });
  }
}
