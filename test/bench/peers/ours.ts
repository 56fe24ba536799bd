// Our outputs in f32, which a peer's are compared with. Prints one line of JSON; see check.ts.
import { parseArgs } from "node:util";
import { printFigures } from "../measure/figure.ts";
import { ourOutputs } from "./our-outputs.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "" },
    part: { type: "string", default: "llm" },
    tokens: { type: "string", default: "64" },
  },
});
const part = values.part === "tower" ? "tower" : "llm";
printFigures({ outputs: Array.from(await ourOutputs(values.model, part, Number(values.tokens))) });
