// `aim ask` in a process that knows nothing yet. Prints one line of JSON; see ../stages/cold-start.ts.
import { execFileSync } from "node:child_process";
import { printFigures } from "./figure.ts";

const CLIP = "media/samples/flash-in-the-middle.mp4";

const start = performance.now();
const args = ["dist/aim.mjs", "ask", "--video", CLIP, "--json", "--no-cache", "What flashes in the middle?"];
const out = execFileSync(process.execPath, args, { encoding: "utf8" });
const totalMs = performance.now() - start;
const { timeMs } = JSON.parse(out);
printFigures({ firstTokenMs: totalMs - timeMs.decode, totalMs });
