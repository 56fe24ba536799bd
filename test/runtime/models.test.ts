import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { delimiter } from "node:path";
import { modelFolder } from "#runtime/models.ts";
import { assertAimError } from "../support/assert-error.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("modelFolder", () => {
  const folder = temporaryFolder();
  const before = process.env.AIM_MODELS;

  beforeEach(() => {
    mkdirSync(folder("here", "mine"), { recursive: true });
    mkdirSync(folder("models", "llava"), { recursive: true });
    mkdirSync(folder("other", "alone"), { recursive: true });
    process.env.AIM_MODELS = [folder("models"), folder("other", "alone")].join(delimiter);
  });
  afterEach(() => {
    if (before === undefined) delete process.env.AIM_MODELS;
    else process.env.AIM_MODELS = before;
  });

  it("takes the embedded model where nothing is said", () => {
    assert.equal(modelFolder(undefined, folder()), modelFolder("demo", "/"));
  });

  it("takes a path from where it is said, then a name in the model folders", () => {
    assert.equal(modelFolder("mine", folder("here")), folder("here", "mine"));
    assert.equal(modelFolder("llava", folder("here")), folder("models", "llava"));
    assert.equal(modelFolder("alone", folder("here")), folder("other", "alone"));
  });

  it("says where it looked for a model that is nowhere", () => {
    assertAimError(() => modelFolder("nope", folder()), { code: "not-found", message: /nope/, hint: /AIM_MODELS/ });
  });
});
