import "./style.css";
import { render } from "preact";
import { reportFromJson } from "#core/report-document.ts";
import { ErrorBanner } from "../ui/error-banner.tsx";
import { ReportView } from "./view.tsx";

const data = document.getElementById("aim-report");
const place = document.getElementById("aim-page");
if (place) {
  try {
    const report = reportFromJson(JSON.parse(data?.textContent ?? ""));
    render(<ReportView document={report} />, place);
  } catch (error) {
    const message = `this report cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
    render(<ErrorBanner error={{ message, hint: "make the report again" }} />, place);
  }
}
