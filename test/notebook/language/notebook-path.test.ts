import assert from "node:assert/strict";
import path from "node:path";
import fc from "fast-check";
import { notebookPath } from "#notebook/language/notebook-path.ts";

describe("notebookPath", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["/home/me/nb/a.mp4", "/home/me/nb", "a.mp4"],
    ["/home/me/nb/clips/a b.mp4", "/home/me/nb/", "clips/a b.mp4"],
    ["/home/me/a.mp4", "/home/me/nb", "../a.mp4"],
    ["/home/me/clips/a.mp4", "/home/me/nb/x", "../../clips/a.mp4"],
    ["/home/me/clips/a.mp4", "/home/me/nb/x/y", "/home/me/clips/a.mp4"],
    ["/mnt/a.mp4", "/nb", "/mnt/a.mp4"],
    ["/a.mp4", "/", "a.mp4"],
    ["/home/me/NB/a.mp4", "/home/me/nb", "../NB/a.mp4"],
    ["/home/me/nb/back\\slash.mp4", "/home/me/nb", "back\\slash.mp4"],
    ["C:\\Users\\me\\nb\\clips\\a.mp4", "C:\\Users\\me\\nb", "clips/a.mp4"],
    ["c:\\users\\Me\\nb\\a.mp4", "C:\\Users\\me\\nb\\", "a.mp4"],
    ["C:\\Users\\me\\a.mp4", "C:\\Users\\me\\nb", "../a.mp4"],
    ["C:\\a.mp4", "C:\\", "a.mp4"],
    ["D:\\clips\\a.mp4", "C:\\Users\\me\\nb", "D:/clips/a.mp4"],
    ["C:\\clips\\a.mp4", "C:\\nb", "C:/clips/a.mp4"],
    ["\\\\host\\share\\clips\\a.mp4", "\\\\host\\share\\nb", "//host/share/clips/a.mp4"],
    ["\\\\host\\share\\x\\clips\\a.mp4", "\\\\HOST\\share\\x\\nb", "../clips/a.mp4"],
    ["\\\\host\\other\\a.mp4", "\\\\host\\share\\nb", "//host/other/a.mp4"],
    ["/mnt/c/a.mp4", "C:\\nb", "/mnt/c/a.mp4"],
  ];
  for (const [file, folder, written] of cases) {
    it(`writes ${file} in ${folder} as ${written}`, () => assert.equal(notebookPath(file, folder), written));
  }

  it("leads back to the file, on both systems", () => {
    const parts = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (file, folder) => {
        for (const [system, root] of [
          [path.posix, "/"],
          [path.win32, "C:\\"],
        ] as const) {
          const [target, base] = [system.join(root, ...file, "v.mp4"), system.join(root, ...folder)];
          assert.equal(system.resolve(base, notebookPath(target, base)), target);
        }
      }),
    );
  });
});
