import type { ReportDocument } from "#core/report-document.ts";

/** What differs between a page in a file and one in an editor; all of it is HTML that is not escaped any more. */
interface Shell {
  /** The content security policy, one rule each. */
  readonly policy: readonly string[];
  readonly head: string;
  readonly body?: string;
  /** The element that loads or holds the page's script. */
  readonly script: string;
}

/** The HTML around the report page: a place to draw in, and `document` as JSON that the page's script reads. */
export function reportShell(document: ReportDocument, { policy, head, body = "", script }: Shell): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}
</head>
<body class="aim">
<div id="aim-page"></div>
${body}
<script type="application/json" id="aim-report">${JSON.stringify(document).replaceAll("<", "\\u003c")}</script>
${script}
</body>
</html>
`;
}
