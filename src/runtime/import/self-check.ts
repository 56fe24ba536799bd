import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PrecisionName } from "#core/precision.ts";
import { thumbnail } from "#media/thumbnail.ts";
import { Engine } from "../engine.ts";

/** Of the made-up picture, in pixels. */
const SIDE = 64;
/** Few visual tokens, so that a large model takes seconds; the first token and one decoded after it. */
const SETTINGS = { merge: { retention: 0.05 }, maxTokens: 2 } as const;

/** Opens a model and has it say two tokens about a made-up picture. Throws what that throws, `invalid-model` for logits that mean nothing. */
export async function selfCheck(folder: string, precision: PrecisionName): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), "aim-check-"));
  try {
    const path = join(temporary, "picture.jpg");
    writeFileSync(path, await picture());
    const engine = await Engine.open(folder, { device: "cpu", precision, hasDiskCache: false });
    try {
      await engine.ask({ question: "What is this?", media: [{ kind: "image", path }], settings: SETTINGS });
    } finally {
      await engine.close();
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** A disc on a gradient, as a JPEG. */
async function picture(): Promise<Uint8Array> {
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const isDisc = Math.hypot(x - SIDE / 2, y - SIDE / 2) < SIDE / 4;
      data.set(isDisc ? [220, 60, 40] : [x * 4, y * 4, 128], (y * SIDE + x) * 3);
    }
  }
  const url = await thumbnail({ width: SIDE, height: SIDE, data }, SIDE);
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}
