import assert from "node:assert/strict";
import { AimError, type AimErrorCode } from "#core/errors.ts";

interface Expected {
  readonly code: AimErrorCode;
  readonly message: RegExp;
  readonly hint: RegExp;
}

/** Asserts that `run` throws an AimError with all three. */
export function assertAimError(run: () => unknown, expected: Expected): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof AimError, `expected an AimError, got ${error}`);
    assert.equal(error.code, expected.code, error.message);
    assert.match(error.message, expected.message);
    assert.match(error.hint ?? "", expected.hint);
    return true;
  });
}
