import { ipcConnection, remoteEvents, serveKernel } from "#protocol/channel.ts";
import { Kernel } from "./kernel.ts";
import { endProcess, holdLifeline } from "./lifeline.ts";

holdLifeline();
process.once("disconnect", endProcess);
process.on("SIGINT", () => {}); // Ctrl-C in the terminal that started the editor is the editor's to decide on

const connection = ipcConnection(process);
const events = remoteEvents(connection);
process.on("unhandledRejection", (reason) => {
  events.log("error", `unhandled rejection: ${reason instanceof Error ? reason.stack : reason}`);
});
serveKernel(connection, new Kernel(events));
