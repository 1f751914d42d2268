import type { ModelConfig } from "../../core/config/model-schema.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { LanguageModel } from "../../core/ports/language-model.ts";
import type { Spending } from "../../core/ports/store.ts";
import type { System } from "../../core/ports/system.ts";
import { wrapModel } from "../../core/wrap-model.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import {
  type DeskOptions,
  type FileDesk,
  fileDesk,
  type MissingRequest,
} from "../../providers/files/desk.ts";
import { providerOf } from "../../providers/registry.ts";
import { folderOfStore, writeConfig } from "../../run-folder/run-directory.ts";
import { beginRun, type ReadyRun, readyRun } from "../compose.ts";
import { openWorkplace, type Workplace } from "../workplace.ts";
import { type PassOptions, passThrough, type Reached } from "./pass.ts";

export type Role = MissingRequest["role"];
/** How many requests each role is missing. */
export type MissingCalls = Readonly<Partial<Record<Role, number>>>;

/** What a visit has found. */
export interface Found {
  readonly missing: MissingCalls;
  readonly reached: Reached;
  readonly spent: Spending;
}

/** Lets the run go as far as answers from files and from its store let it. @param take each missing request, once */
export async function visit<T>(
  system: System,
  config: Config,
  answers: DeskOptions["answers"],
  take: (request: MissingRequest) => void,
  conclude: (found: Found, isStored: (key: string) => boolean) => T,
): Promise<T> {
  const missing: Partial<Record<Role, number>> = {};
  const desk = fileDesk({
    ...(answers && { answers }),
    missing(request) {
      missing[request.role] = (missing[request.role] ?? 0) + 1;
      take(request);
    },
  });
  const ready = await readyRun(withKeys(system, config), withoutServers(config), {}, desk);
  // What comes as a file is paid already: no budget can hold it back.
  const place = openWorkplace(system, folderOfStore(config.out, system.exists), {});
  try {
    writeConfig(system, config.out, config);
    ready.providers.listen((event) => {
      if (event.type === "note") system.stderr(`${event.message}\n`);
    });
    const before = place.budget.spent();
    const reached = await passThrough(passOptions(system, desk, ready, place));
    place.store.flush();
    const { calls, usd } = place.budget.spent();
    const spent = { calls: calls - before.calls, usd: usd - before.usd };
    return conclude({ missing, reached, spent }, (hex) => {
      const key = Buffer.from(hex, "hex");
      return (
        place.store.getCall(key) !== undefined || place.store.getArtifact("embedding", key) !== undefined
      );
    });
  } finally {
    void ready.providers.close();
    place.close();
  }
}

function passOptions(system: System, desk: FileDesk, ready: ReadyRun, place: Workplace): PassOptions {
  let busy = 0;
  const { users } = ready.config;
  // Nobody waits for a place: whoever waits for an answer has one for ever.
  const concurrency = Math.max(1000, users.train, users.validation, users.test);
  /** Models that are run here answer by themselves. */
  const counted = (model: LanguageModel, settings: ModelConfig): LanguageModel => {
    if (providerOf(settings).batched) return model;
    return wrapModel(model, async (request) => {
      busy++;
      try {
        return await model.generate(request);
      } finally {
        busy--;
      }
    });
  };
  return {
    setUp(): RunSetup {
      const { setup } = beginRun(ready, place);
      const { models } = setup;
      return {
        ...setup,
        config: { ...setup.config, concurrency },
        models: {
          base: counted(models.base, ready.config.models.base),
          candidate: counted(models.candidate, ready.config.models.candidate),
          rewriter: counted(models.rewriter, ready.config.models.rewriter),
          judge: counted(models.judge, ready.config.models.judge),
        },
        observe: () => {},
        sink: { user: () => {}, sample: () => {} },
      };
    },
    activity: desk.activity,
    waits: desk.waits,
    isBusy: () => busy > 0,
    stop: system.stopSignal,
  };
}

/** The same run where no server is at hand: nothing limits traffic, and nothing is started. */
function withoutServers({ schedule: _, ...config }: Config): Config {
  return { ...config, schedule: "users", budget: {} };
}

/** Writing requests down needs no key; a provider that wants one is given a word. */
function withKeys(system: System, { models }: Config): System {
  const names = Object.values(models).flatMap(({ apiKeyEnv = "OPENAI_API_KEY" }) => apiKeyEnv);
  return { ...system, env: { ...Object.fromEntries(names.map((name) => [name, "none"])), ...system.env } };
}
