import assert from "node:assert/strict";
import { ResponseError } from "vscode-jsonrpc/node";
import { AimError } from "#core/errors.ts";
import { fromWireError, toWireError } from "#protocol/wire-error.ts";

/** As structured clone leaves an error: its data without its class, which the transport makes anew. */
function cross(error: unknown): AimError | undefined {
  const { code, message, data } = structuredClone(toWireError(error).toJson());
  return fromWireError(new ResponseError(code, message, data));
}

describe("protocol/wire-error", () => {
  it("keeps code, message and hint", () => {
    const arrived = cross(new AimError("missing-tool", "ffmpeg is not installed", { hint: "install it" }));
    assert.ok(arrived instanceof AimError);
    assert.deepEqual(
      [arrived.code, arrived.message, arrived.hint],
      ["missing-tool", "ffmpeg is not installed", "install it"],
    );
    assert.equal(cross(new AimError("cancelled", "cancelled"))?.hint, undefined);
  });

  it("turns what was not foreseen into io, with its message and without its stack", () => {
    for (const thrown of [new TypeError("x is not a function"), "x is not a function"]) {
      const arrived = cross(thrown);
      assert.equal(arrived?.code, "io");
      assert.equal(arrived?.message, "unexpected: x is not a function");
      assert.doesNotMatch(JSON.stringify(toWireError(thrown).toJson()), / at /);
    }
  });

  it("does not take for its own what another code made", () => {
    assert.equal(fromWireError(new Error("closed")), undefined);
    assert.equal(fromWireError(new ResponseError(-32601, "Unhandled method x")), undefined);
    assert.equal(fromWireError(new ResponseError(1, "x", { code: "toString" })), undefined);
    assert.equal(fromWireError(new ResponseError(1, "x", { code: "io", hint: 3 })), undefined);
  });
});
