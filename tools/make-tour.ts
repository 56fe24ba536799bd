/** Writes the Tour, media/tour.aimnb: `node --import tsx tools/make-tour.ts`. Its clips and pictures are in media/samples. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { writeNotebook } from "#notebook/file.ts";
import { type Cell, createNotebook } from "#notebook/nbformat.ts";

const CELLS: readonly Cell[] = [
  markdown(
    "welcome",
    "# A tour of AIM Notebook",
    "",
    "This notebook asks a model about videos and pictures, on your machine, and shows how AIM saves a good part of the model's work.",
    "Run all cells, or one after the other.",
    "",
    "The demo model is tiny. It has only ever seen drawings of coloured shapes: it knows their colours, numbers, places and",
    "movements, and even there it makes mistakes. About anything else it guesses.",
  ),

  markdown(
    "first-question-text",
    "## A first question",
    "",
    "Lines that start with `%` are directives: here, which video to look at. The rest is the question.",
    "The model looks at 8 frames, spread evenly over the clip.",
  ),
  code("first-question", "%video samples/star-moves.mp4", "Which way does the star move?"),

  markdown(
    "full-text",
    "## With and without AIM",
    "",
    "Each frame gave 49 visual tokens, and reading them is most of a language model's work. AIM cuts them twice:",
    "",
    "- before the language model it *merges* tokens that are alike: a quarter is left, 13 a frame;",
    "- inside it, layer by layer, it *prunes* the tokens that matter least, until none is left.",
    "",
    "The words of the question are never cut. Here is the same question with every token kept. Compare the tokens and the FLOPs",
    "of both answers. The seconds may hardly differ: a model this small is done quickly anyway.",
  ),
  code("full", "%video samples/star-moves.mp4", "%method full", "Which way does the star move?"),

  markdown("picture-text", "## A picture", "", "Pictures work the same way. One picture gives 196 tokens."),
  code("picture", "%image samples/three-in-a-row.jpg", "Describe the picture"),

  markdown(
    "merge-text",
    "## Merge more",
    "",
    "`%merge` says how many of the tokens are left. Here it is an eighth instead of a quarter. Try other shares, or `%merge off`.",
  ),
  code("merge", "%video samples/circle-turns.mp4", "%merge 12.5%", "What color does the circle turn into?"),

  markdown(
    "prune-text",
    "## Prune earlier, or not at all",
    "",
    "This model has 8 layers, counted from 0. Its default is `%prune 4..7`: the first tokens go after layer 4, and none enters layer 7.",
    "Earlier is cheaper, but what is gone too early was not understood yet: with `1..5` this model was clearly more often wrong on our test clips.",
    "It may still be right here; one question proves little.",
  ),
  code("prune-early", "%video samples/two-arrive.mp4", "%prune 1..5", "Which shape appears last?"),
  markdown("prune-off-text", "With `%prune off` all merged tokens stay to the end."),
  code("prune-off", "%video samples/two-arrive.mp4", "%prune off", "Which shape appears last?"),

  markdown(
    "compare-text",
    "## Side by side",
    "",
    "`%compare` asks one question under several settings, a line each, and marks where the answers differ: every token, the default, and less",
    "than that. Open the analysis to see which parts of the frames were kept by one and not by the other.",
  ),
  code(
    "compare",
    "%video samples/two-arrive.mp4",
    "%compare full",
    "%compare aim",
    "%compare merge=12.5% prune=1..5",
    "Which shape appears last?",
  ),

  markdown(
    "two-pictures-text",
    "## Two pictures",
    "",
    "A question may be about several pictures and videos; their tokens add up. The demo model has learnt from one at a time,",
    "so look at the numbers here rather than at the answer.",
  ),
  code("two-pictures", "%image samples/one-cross.jpg", "%image samples/two-rings.jpg", "What do you see?"),

  markdown(
    "defaults-text",
    "## Defaults",
    "",
    "A cell without a question sets defaults for all cells below it. What counts is the order in the notebook, not what you ran first.",
    "A cell's own directives win over the defaults.",
  ),
  code("defaults", "%% These hold for the two questions below.", "%video samples/square-vanishes.mp4", "%merge 50%"),
  code("defaults-first", "Does anything disappear?"),
  code("defaults-second", "How many shapes are there at the end?"),

  markdown(
    "next",
    "## Your own questions",
    "",
    "Put the path of your own clip behind `%video`. For anything but coloured shapes you need a larger model:",
    "`%model` takes the folder of one, for example of LLaVA-OneVision.",
  ),
];

/** The text of media/tour.aimnb. */
export function tourText(): string {
  return writeNotebook(createNotebook(CELLS));
}

function markdown(id: string, ...lines: string[]): Cell {
  return { cell_type: "markdown", id, metadata: {}, source: lines.join("\n") };
}

function code(id: string, ...lines: string[]): Cell {
  return { cell_type: "code", id, metadata: {}, source: lines.join("\n"), execution_count: null, outputs: [] };
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(path.join(import.meta.dirname, "../media/tour.aimnb"), tourText());
}
