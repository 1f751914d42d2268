import { resolve } from "node:path";
import { Command } from "commander";
import type { System } from "../../core/ports/system.ts";
import { portNumber } from "./flag-values.ts";

/** `view`: a local page over run directories, finished or going on. */
export function viewCommand(system: System): Command {
  return new Command("view")
    .argument("[runs...]", "run directories", ["runs/default"])
    .option("--port <n>", "port to listen on; by default any free one", portNumber, 0)
    .option("--json", "print the page's address as JSON")
    .action(async (names: string[], { port, json }: { port: number; json?: boolean }) => {
      // With the drawing library, which no other command should wait for.
      const { followRuns } = await import("../../viewer/follow.ts");
      const { serveViewer } = await import("../../viewer/server.ts");
      const { viewRun } = await import("../../viewer/viewed-run.ts");
      const runs = names.map((name, id) => viewRun(id, name, resolve(system.cwd, name)));
      const server = await serveViewer(runs, port);
      const stopFollowing = followRuns(runs, (error) => system.stderr(`${(error as Error).message}\n`));
      if (json) system.stdout(`${JSON.stringify({ url: server.url, pid: process.pid })}\n`);
      else system.stdout(`${server.url}\n`);
      system.stderr("Open this link in a browser on this machine; Ctrl-C ends the viewer.\n");
      await new Promise<void>((stop) => {
        if (system.stopSignal.aborted) stop();
        else system.stopSignal.addEventListener("abort", () => stop(), { once: true });
      });
      stopFollowing();
      await server.close();
      for (const run of runs) run.close();
    });
}
