import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { setFaults } from "../support/hub-faults.ts";
import { HubServer } from "../support/hub-server.ts";
import { eventually } from "./driver/eventually.ts";
import { ModelDialogs } from "./driver/model-dialogs.ts";
import { codeCell, writeCells } from "./driver/notebook-file.ts";
import { useWindow } from "./driver/shared-editor.ts";
import { SideList } from "./driver/side-list.ts";

const WEIGHTS = "model.safetensors";
/** Half a megabyte of weights takes a quarter of a minute. */
const SLOW = { bytesPerSecond: 32_000 };

describe("importing a model", () => {
  const hub = new HubServer();
  const window = useWindow({
    prepare: async (folder) => {
      makeCheckpoint(path.join(folder, "hub/lab/tiny"));
      makeCheckpoint(path.join(folder, "checkpoint"));
      await hub.start(path.join(folder, "hub"));
      writeCells(path.join(folder, "ask.aimnb"), [
        codeCell("ask", "%model tiny\n%image samples/one-cross.jpg\nWhat is this?"),
      ]);
    },
  });
  let dialogs: ModelDialogs;
  let models: SideList;

  before("point to the hub of the test", async () => {
    const { workbench, server } = window();
    server.setMachineSettings({ "aim.hubUrl": hub.url });
    dialogs = new ModelDialogs(workbench);
    models = await SideList.open(workbench, "Models");
    await models.item("demo").waitFor();
  });
  beforeEach(() => setFaults(hub.faults, {}));
  after(async () => {
    window().server.setMachineSettings({});
    await hub.stop();
  });

  it("downloads one: says what it found and what each precision takes, and lists it at once", async () => {
    const { workbench } = window();
    await dialogs.download("lab/tiny");
    const lines = await dialogs.precisions();
    await workbench.screenshot("import precision");
    assert.equal(lines.length, 5);
    assert.match(lines.join("\n"), /q4\s*\d+ KB on disk/);
    assert.ok(await dialogs.input("tiny: 0.257M parameters, llava-onevision, 535 KB to download").isVisible());
    await dialogs.choosePrecision("q8");
    await dialogs.enter("Cells choose it", "not a name");
    await dialogs.input("Letters, digits, dots").waitFor();
    await dialogs.enter("Letters, digits, dots", "tiny");
    await dialogs.ready("tiny");
    await eventually(async () =>
      assert.match((await models.lines()).join("\n"), /^tiny q8 · 0\.252M · [\d.]+ MB · llava_onevision$/m),
    );
    await workbench.screenshot("import list");
  });

  it("made one that a cell is answered by, and that completion knows", async () => {
    const { workbench } = window();
    await workbench.openFile("ask.aimnb");
    assert.equal(await workbench.notebook.run("What is this?"), "success");
    await workbench.notebook.answer("What is this?").filter({ hasText: "q8 tiny" }).waitFor();
    await workbench.notebook.write("What is this?", "%model ");
    const suggested = await workbench.notebook.suggestions();
    assert.ok(suggested.includes("tiny"), suggested.join(", "));
    await workbench.page.keyboard.press("Escape");
    await workbench.save();
  });

  it("asks before it replaces one, and goes on with a download that was cancelled", async () => {
    setFaults(hub.faults, SLOW);
    await dialogs.download(`${hub.url}/lab/tiny`);
    await dialogs.choosePrecision("q4");
    await dialogs.chooseName("tiny");
    assert.match((await dialogs.modal.textContent()) ?? "", /There is a model tiny already/);
    await dialogs.modal.getByRole("button", { name: "Replace" }).click();
    await dialogs.toasts.getByText(/downloading [1-9]\d+ KB of 535 KB/).waitFor();
    await window().workbench.screenshot("import progress");
    await dialogs.answer("Importing tiny", "Cancel");
    await window().workbench.notification("tiny was stopped").waitFor();
    assert.match((await models.lines()).join("\n"), /^tiny q8/m);
    setFaults(hub.faults, {});
    hub.requests.length = 0;
    await dialogs.answer("tiny was stopped", "Continue");
    await dialogs.ready("tiny");
    assert.match(hub.requestsFor(WEIGHTS)[0]?.range ?? "", /^bytes=[1-9]\d*-$/);
    await eventually(async () => assert.match((await models.lines()).join("\n"), /^tiny q4/m));
  });

  it("asks for a token where the repository is not for all, and remembers it", async () => {
    const { workbench } = window();
    setFaults(hub.faults, { token: "hf_secret" });
    await dialogs.download("lab/tiny");
    await dialogs.answer("give an access token", "Enter a Token...");
    await dialogs.enter("secret storage", "hf_wrong");
    await dialogs.answer("the access token is valid", "Enter a Token...");
    await dialogs.enter("secret storage", "hf_secret");
    assert.equal((await dialogs.precisions()).length, 5);
    await workbench.page.keyboard.press("Escape");
    await dialogs.download("lab/tiny");
    assert.equal((await dialogs.precisions()).length, 5);
    await workbench.page.keyboard.press("Escape");
  });

  it("offers another try when its process ends", async () => {
    const { workbench, server } = window();
    setFaults(hub.faults, SLOW);
    const kernels = server.kernels();
    await dialogs.download("lab/tiny");
    await dialogs.choosePrecision("int8");
    await dialogs.chooseName("again");
    await dialogs.toasts.getByText(/downloading [1-9]\d+ KB of 535 KB/).waitFor();
    for (const id of server.kernels().filter((each) => !kernels.includes(each))) process.kill(id, "SIGKILL");
    await workbench.notification("the import was interrupted").waitFor();
    await workbench.screenshot("import interrupted");
    setFaults(hub.faults, {});
    await dialogs.answer("the import was interrupted", "Try Again");
    await dialogs.ready("again");
  });

  it("uses a folder where it lies, and deletes what it imported, not what it was imported from", async () => {
    const { workbench } = window();
    const folder = path.join(workbench.folder, "checkpoint");
    const imports = { mine: "f32", converted: "q4" };
    for (const [name, precision] of Object.entries(imports)) {
      await dialogs.importFolder(folder);
      await dialogs.choosePrecision(precision);
      await dialogs.chooseName(name);
      await dialogs.ready(name);
    }
    for (const name of Object.keys(imports)) {
      await workbench.chooseFromContextMenu(models.item(name), "Delete Model...");
      await dialogs.modal.getByRole("button", { name: "Delete" }).click();
      await models.item(name).waitFor({ state: "detached" });
    }
    assert.ok(existsSync(path.join(folder, WEIGHTS)));
    assert.ok(!existsSync(path.join(window().server.folder, "home/aim/models/converted")));
  });

  it("ends with its window", async () => {
    const { workbench, server } = window();
    setFaults(hub.faults, SLOW);
    await dialogs.download("lab/tiny");
    await dialogs.choosePrecision("q8");
    await dialogs.chooseName("last");
    await dialogs.toasts.getByText(/downloading [1-9]\d+ KB of 535 KB/).waitFor();
    assert.ok(server.kernels().length > 0);
    await workbench.page.goto("about:blank"); // as a user does who closes the tab
    await eventually(() => assert.deepEqual(server.kernels(), []));
    assert.ok(!existsSync(path.join(server.folder, "home/aim/models/last/aim-model.json")));
  });
});
