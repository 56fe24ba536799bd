import { createHash } from "node:crypto";
import { AimError } from "#core/errors.ts";
import type { RunRecord } from "#core/record.ts";
import { type ReportDocument, type ReportEntry, readEntry } from "#core/report-document.ts";
import { formatCount, formatFlops, formatMs, formatTimes } from "#core/units.ts";
import { reportShell } from "./shell.ts";

/**
 * One HTML file that shows `document` and needs nothing else: `bundle` and `style` are the script and style of the report page. Only these two may run and
 * style it (their hashes are the content security policy) and nothing is ever fetched. Without scripts the plain answers are shown.
 *
 * The same input gives the same bytes. Throws `invalid-argument` if the script or style would end its own element.
 */
export function buildReport(document: ReportDocument, bundle: string, style: string): string {
  // In HTML, <!-- would begin a comment in the script. A bundle has it in literals only, where a backslash changes nothing.
  const script = bundle.replaceAll("<!--", "<\\!--");
  if (/<\/script/i.test(script) || /<\/style/i.test(style)) {
    throw new AimError("invalid-argument", "the page script or style holds a tag that would end it", {
      hint: "bundle it with esbuild, which escapes such tags",
    });
  }
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return reportShell(document, {
    policy,
    head: `<meta name="referrer" content="no-referrer">
<title>${escapeHtml(document.title)}</title>
<style>${style}</style>`,
    body: `<noscript>
<div class="plain">
<h1>${escapeHtml(document.title)}</h1>
${document.entries.map(plainEntry).join("\n")}
</div>
</noscript>`,
    script: `<script>${script}</script>`,
  });
}

/** The hash of an inline element as a content security policy names it. */
function hash(content: string): string {
  return `sha256-${createHash("sha256").update(content).digest("base64")}`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

function plainEntry(entry: ReportEntry): string {
  const { heading, markdown, record, comparison = [], error } = readEntry(entry);
  const parts: string[] = [];
  if (heading !== undefined) parts.push(`<h2>${escapeHtml(heading)}</h2>`);
  if (markdown !== undefined) {
    parts.push(...markdown.split(/\n\s*\n/).map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`));
  }
  if (record) parts.push(plainRun(record));
  parts.push(...comparison.map(({ label, record: compared }) => plainRun(compared, label)));
  if (error) parts.push(`<p class="error">${escapeHtml([error.message, error.hint].filter(Boolean).join("; "))}</p>`);
  return `<section>${parts.join("\n")}</section>`;
}

function plainRun({ question, answer, tokens, cost, timeMs }: RunRecord, label?: string): string {
  const facts = [
    `${formatCount(tokens.encoded)} visual tokens, ${formatCount(tokens.merged)} into the LLM`,
    `${formatFlops(cost.exact.tflops)} (convention exact), ${formatTimes(cost.exact.ratio)} fewer`,
    `first token after ${formatMs(timeMs.firstToken)}`,
  ];
  return `<h3>${escapeHtml(label === undefined ? question : `${question} (${label})`)}</h3>
<p class="answer">${escapeHtml(answer)}</p>
<p>${escapeHtml(facts.join("; "))}</p>`;
}
