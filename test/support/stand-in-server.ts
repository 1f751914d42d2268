/**
 * A program that serves the simulated model as an inference server would, for tests of servers that a run starts itself.
 * `node stand-in-server.ts PORT TRACE [--answers N] [--fail] [--never] [--child]`: appends to TRACE when it starts and ends;
 * dies without a word after N answers; fails at once; never answers; starts a process of its own that outlives it.
 */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { faultServer } from "../contracts/fault-server.ts";

const [port, trace, ...options] = process.argv.slice(2);
const isSet = (name: string): boolean => options.includes(name);
const note = (what: string): void => appendFileSync(trace as string, `${what} ${port} ${process.pid}\n`);

note("start");
console.log(`serving on ${port}, secret ${process.env.STAND_IN_TOKEN ?? "none"}`);
process.on("SIGTERM", () => {
  note("end");
  process.exit(0);
});
if (isSet("--child")) {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  appendFileSync(trace as string, `child ${port} ${child.pid}\n`);
}
if (isSet("--fail")) {
  console.error("CUDA out of memory");
  process.exit(3);
}
if (isSet("--never")) setInterval(() => {}, 1000);
else {
  const most = isSet("--answers")
    ? Number(options[options.indexOf("--answers") + 1])
    : Number.POSITIVE_INFINITY;
  await faultServer({
    model: createSimModel(),
    port: Number(port),
    fault(n) {
      if (n >= most) process.kill(process.pid, "SIGKILL");
      return undefined;
    },
  });
}
