import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson } from "#notebook/canonical-json.ts";

describe("canonicalJson", () => {
  it("sorts keys by code unit, numbers and __proto__ like any other", () => {
    const value = JSON.parse('{"b":1,"10":2,"9":3,"__proto__":4,"B":5,"é":6}');
    assert.equal(canonicalJson(value), '{\n "10": 2,\n "9": 3,\n "B": 5,\n "__proto__": 4,\n "b": 1,\n "é": 6\n}');
  });

  it("indents by one space a level and keeps what is empty on one line", () => {
    assert.equal(canonicalJson({ a: [1, { b: [] }, {}] }), '{\n "a": [\n  1,\n  {\n   "b": []\n  },\n  {}\n ]\n}');
  });

  it("leaves undefined fields out", () => {
    assert.equal(canonicalJson({ a: undefined, b: null }), '{\n "b": null\n}');
  });

  it("writes JSON that reads back as the same value, -0 included", () => {
    assert.equal(canonicalJson(-0), "-0");
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.deepEqual(JSON.parse(canonicalJson(value)), value)));
  });
});
