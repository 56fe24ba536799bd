import type { AimError } from "#core/errors.ts";
import type { DisplayOutput, ErrorOutput } from "./nbformat.ts";

/** The MIME type of a run record in a notebook. */
export const RUN_MIME = "application/vnd.aim.run+json";

/** The output of a finished run: `record` is its compact JSON, `markdown` what a reader shows that does not know RUN_MIME. */
export function runOutput(record: unknown, markdown: string): DisplayOutput {
  const data = { [RUN_MIME]: record, "text/markdown": markdown, "text/plain": markdown };
  return { output_type: "display_data", data, metadata: {} };
}

/** The output of a run that failed: message and hint, no stack. */
export function errorOutput({ code, message, hint }: AimError): ErrorOutput {
  const traceback = [...message.split("\n"), ...(hint === undefined ? [] : [`hint: ${hint}`])];
  return { output_type: "error", ename: code, evalue: message, traceback };
}
