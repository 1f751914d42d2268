import { statfsSync } from "node:fs";
import { Command } from "commander";
import { readInputs } from "../../app/compose.ts";
import type { ConfigFlags } from "../../app/overrides.ts";
import { createProviders } from "../../app/providers.ts";
import { resolveFlags } from "../../app/resolve.ts";
import { ApmError, EXIT, type ExitCode } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { usageMeter } from "../../providers/decorators/metered.ts";
import { textTable } from "../../report/table.ts";
import { memoryStore } from "../../store/memory.ts";
import { addConfigFlags } from "../options.ts";

interface Check {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy?: string;
}

/** `doctor`: says whether a run would start here, before anything is paid. */
export function doctorCommand(system: System, stopWith: (code: ExitCode) => void): Command {
  return addConfigFlags(
    new Command("doctor")
      .description("check this machine, the configuration and the models before a run")
      .argument("[config]", "apm.config.ts or a .json file"),
  )
    .option("--json", "print the checks as JSON")
    .action(async (file: string | undefined, flags: ConfigFlags & { json?: boolean }) => {
      const checks = [nodeCheck(), diskCheck(system), ...(await configChecks(system, file, flags))];
      if (flags.json) system.stdout(`${JSON.stringify({ ok: checks.every((c) => c.ok), checks })}\n`);
      else system.stdout(`${shown(checks)}\n`);
      if (checks.some((c) => !c.ok)) stopWith(EXIT.failed);
    });
}

function nodeCheck(): Check {
  const ok = Number(process.versions.node.split(".")[0]) >= 24;
  return {
    what: "Node.js",
    ok,
    found: process.versions.node,
    ...(ok ? {} : { remedy: "install Node.js 24 or later" }),
  };
}

/** A paper-scale run keeps some hundred megabytes of calls and samples. */
const WANTED_BYTES = 2e9;

function diskCheck(system: System): Check {
  const { bavail, bsize } = statfsSync(system.cwd);
  const free = bavail * bsize;
  const ok = free >= WANTED_BYTES;
  return {
    what: "disk space here",
    ok,
    found: `${(free / 1e9).toFixed(1)} GB free`,
    ...(ok ? {} : { remedy: "a paper-scale run wants 2 GB: make room, or use --out on another disk" }),
  };
}

async function configChecks(system: System, file: string | undefined, flags: ConfigFlags): Promise<Check[]> {
  try {
    const config = await resolveFlags(system, file, flags);
    await readInputs(system, config);
    const providers = createProviders(system, config);
    const embedder = providers.embedder({ store: memoryStore(), meter: usageMeter(), budget: undefined });
    const checks: Check[] = [{ what: "configuration", ok: true, found: `${file ?? "the default"} is valid` }];
    for (const role of ["base", "candidate", "rewriter", "judge"] as const) {
      const model = providers.bare(role);
      checks.push(
        await attempt(`${role} ${model.id}`, async () => {
          if (model.simulated) return "simulated, ready";
          const { text } = await model.generate({
            messages: [{ role: "user", content: "Say OK." }],
            sample: 0,
            maxTokens: 256,
          });
          return `answers (${text.trim().slice(0, 20)})`;
        }),
      );
    }
    checks.push(
      await attempt(`embedder ${embedder.id}`, async () => {
        const [vector] = await embedder.embed(["Any text."]);
        return `answers (${vector?.length} numbers a text)`;
      }),
    );
    await providers.close();
    return checks;
  } catch (error) {
    return [failed("configuration", error)];
  }
}

async function attempt(what: string, task: () => Promise<string>): Promise<Check> {
  try {
    return { what, ok: true, found: await task() };
  } catch (error) {
    return failed(what, error);
  }
}

function failed(what: string, error: unknown): Check {
  if (!(error instanceof ApmError)) throw error;
  const found = error.where === undefined ? error.message : `${error.message} (${error.where})`;
  return { what, ok: false, found, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) };
}

function shown(checks: readonly Check[]): string {
  const table = textTable({
    columns: [
      { title: "", align: "left" },
      { title: "check", align: "left" },
      { title: "found", align: "left" },
    ],
    rows: checks.map((c) => [c.ok ? "ok" : "NO", c.what, c.found.split("\n")[0] as string]),
  });
  const remedies = checks.flatMap((c) => (c.ok || c.remedy === undefined ? [] : [`${c.what}: ${c.remedy}`]));
  return [table, ...remedies].join("\n");
}
