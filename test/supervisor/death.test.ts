import assert from "node:assert/strict";
import { type Death, deathError, endError } from "#supervisor/death.ts";

const ALIVE: Death = { exitCode: null, signal: null, stderr: [], wasReady: true };
const textOf = (death: Partial<Death>) => {
  const { code, message, hint } = deathError({ ...ALIVE, ...death });
  assert.equal(code, "kernel-lost");
  return `${message} -- ${hint}`;
};

describe("supervisor/death", () => {
  it("takes SIGKILL for too little memory, but not for certain", () => {
    assert.match(
      textOf({ signal: "SIGKILL" }),
      /^the kernel was killed \(SIGKILL\) -- unless somebody .*memory.*new kernel$/,
    );
    assert.match(textOf({ exitCode: 137 }), /was killed \(SIGKILL\)/);
  });

  it("names a native crash with the last words", () => {
    const stderr = ["loading", "terminate called after throwing an instance of 'Ort::Exception'", "    at native"];
    assert.match(
      textOf({ signal: "SIGABRT", stderr }),
      /crashed in native code \(SIGABRT\): terminate called.*device cpu/,
    );
    assert.match(textOf({ signal: "SIGSEGV" }), /crashed in native code \(SIGSEGV\) --/);
    assert.match(textOf({ exitCode: 139 }), /SIGSEGV/);
    assert.match(textOf({ signal: "SIGILL" }), /an instruction that this processor lacks \(SIGILL\)/);
  });

  it("knows JavaScript's own limit, whatever signal follows", () => {
    const stderr = [
      "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
      "----- Native stack trace -----",
    ];
    assert.match(textOf({ signal: "SIGABRT", stderr }), /ran out of JavaScript memory -- take fewer frames/);
    assert.match(textOf({ exitCode: 134, stderr }), /ran out of JavaScript memory/);
    assert.match(textOf({ exitCode: 134 }), /SIGABRT/);
  });

  it("reads the statuses of Windows", () => {
    assert.match(textOf({ exitCode: 3221225477 }), /crashed in native code \(access violation\): 0xC0000005/);
    assert.match(textOf({ exitCode: 0xc0000135 }), /misses a DLL: 0xC0000135 -- install the Microsoft Visual C\+\+/);
    assert.match(textOf({ exitCode: 0xc0000fff }), /crashed in native code: 0xC0000FFF/);
  });

  it("quotes the error of an exit, not its stack", () => {
    const stderr = [
      "file:///dist/kernel.mjs:7",
      "import x from 'y';",
      "       ^",
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'sharp'",
      "    at packageResolve (node:internal/modules/esm/resolve:838:9)",
      "Node.js v20.20.2",
    ];
    const text = textOf({ exitCode: 1, stderr, wasReady: false });
    assert.match(
      text,
      /^the kernel could not start: it ended with exit code 1: Error \[ERR_MODULE_NOT_FOUND\]: Cannot find package 'sharp' --/,
    );
    assert.doesNotMatch(text, /resolve:838/);
    assert.match(textOf({ exitCode: 0 }), /^the kernel ended with exit code 0 --/);
  });

  it("does not blame the kernel for a signal from outside", () => {
    assert.match(textOf({ signal: "SIGTERM" }), /was ended from outside \(SIGTERM\)/);
  });

  it("says why a kernel was made to end", () => {
    assert.equal(endError({ kind: "restart" }).message, "the kernel was restarted");
    assert.match(endError({ kind: "interrupt", afterMs: 2500 }).message, /did not stop within 2\.5 s, so it was ended/);
    assert.equal(endError({ kind: "dispose" }).code, "cancelled");
  });
});
