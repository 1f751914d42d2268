import { fingerprint } from "../core/hash.ts";
import type { MethodResult, Results, UserRecord } from "../core/run-record.ts";
import { simulatedRoles, simulatedWords } from "../core/simulated.ts";
import { isBaseline } from "../methods/about.ts";
import { type ExportedRun, type ExportedSample, gainOf } from "./records.ts";

/** Version of Inspect's log format. */
const VERSION = 2;
const NAME = "apm-bench";

const slug = (name: string): string =>
  name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "method";

/** An id that the same run always has, as long as Inspect's own. */
const idOf = (...parts: readonly (string | number)[]): string => fingerprint(parts.join("\u0000"), 22);

const modelOf = ({ config }: Results): string => `${config.models.base.provider}/${config.models.base.model}`;

/** What of the run was simulated, for the metadata of log and sample. */
const markOf = (results: Results): object => ({
  simulated: results.simulated,
  simulatedRoles: simulatedRoles(results),
});

/** The name of a method's log: Inspect knows a JSON log by the time that it begins with. */
export function logName({ startedAt }: ExportedRun, method: MethodResult, index: number): string {
  const time = startedAt.toISOString().slice(0, 19).replaceAll(":", "-");
  return `${time}+00-00_${NAME}-${index + 1}-${slug(method.name)}.json`;
}

/** Everything of a method's log but its samples. Worlds are its epochs: the same users under another mapping. */
export function logHead({ results, users, startedAt, seconds }: ExportedRun, method: MethodResult): object {
  const { config, worlds, version } = results;
  const { temperature, topP, maxTokens } = config.models.base;
  const run = idOf("run", startedAt.toISOString(), JSON.stringify(config), JSON.stringify(results.models));
  const ended = new Date(startedAt.getTime() + 1000 * seconds).toISOString();
  const words = simulatedWords(results);
  return {
    version: VERSION,
    status: "success",
    eval: {
      ...{ eval_id: idOf(run, "eval", method.name), run_id: run, task_id: idOf(run, "task", method.name) },
      created: startedAt.toISOString(),
      ...{ task: `${NAME}-${slug(method.name)}`, task_version: version, task_display_name: method.name },
      task_description:
        `Arbitrary Preference Mapping benchmark: gain of ${method.name} over the plain answer. ${words}`.trim(),
      task_args: { method: method.name, method_id: method.id, seed: config.seed },
      tags: words === "" ? [] : ["simulated"],
      dataset: {
        name: `${NAME} users`,
        samples: users.length,
        sample_ids: users.map(({ user }) => user),
        shuffled: false,
      },
      model: modelOf(results),
      model_generate_config: {
        ...(temperature === undefined ? {} : { temperature }),
        ...(topP === undefined ? {} : { top_p: topP }),
        ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      },
      config: { epochs: worlds.length, epochs_reducer: ["mean"] },
      packages: { [NAME]: version },
      metadata: {
        ...markOf(results),
        ...(words === "" ? {} : { told: words }),
        worlds: worlds.map(({ seed }) => seed),
        verdict: method.summary.verdict,
      },
    },
    plan: { name: method.name, steps: [{ solver: method.id, params: {} }], config: {} },
    results: resultsOf(results, method),
    stats: { started_at: startedAt.toISOString(), completed_at: ended, model_usage: {} },
  };
}

function resultsOf({ methods }: Results, method: MethodResult): object {
  const { summary } = method;
  const cells = summary.users * summary.worlds;
  const metrics = (values: Readonly<Record<string, number | null | undefined>>): object =>
    Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => (value == null ? [] : [[name, { name, value }]])),
    );
  const scored = { scored_samples: cells - summary.missing, unscored_samples: summary.missing };
  const gain = {
    ...{ name: "gain", scorer: "gain", ...scored },
    metrics: metrics({
      mean: summary.delta,
      stderr: summary.standardError,
      ci95_low: summary.deltaCi95?.[0],
      ci95_high: summary.deltaCi95?.[1],
      p: summary.pValue,
      p_holm: summary.pValueAdjusted,
    }),
  };
  const reward = {
    name: "reward",
    scorer: "reward",
    ...scored,
    metrics: metrics({ mean: summary.meanReward }),
  };
  return {
    ...{ total_samples: cells, completed_samples: cells },
    scores: isBaseline(method) ? [reward] : [gain, reward],
    metadata: { methods: methods.length },
  };
}

/** One sample of a method's log. */
export function logSample(
  { results }: Pick<ExportedRun, "results">,
  method: MethodResult,
  user: UserRecord,
  sample: ExportedSample,
): object {
  const { world, label, answer, scores, reward, baselineReward } = sample;
  const gain = isBaseline(method) ? null : gainOf(sample);
  const model = modelOf(results);
  const message = { role: "assistant", content: answer ?? "", source: "generate", model };
  const given = [
    ...(gain === null ? [] : [["gain", gain]]),
    ...(reward === null ? [] : [["reward", reward]]),
  ];
  return {
    id: sample.user,
    epoch: results.worlds.findIndex(({ seed }) => seed === world) + 1,
    input: user.prompt,
    target: scores.map(({ principle, direction }) => `${direction} ${principle}`),
    messages: [{ role: "user", content: user.prompt }, ...(answer === null ? [] : [message])],
    output:
      answer === null
        ? { model, choices: [], error: "no answer" }
        : { model, choices: [{ message, stop_reason: "stop" }], completion: answer },
    scores: Object.fromEntries(given.map(([name, value]) => [name, { value, metadata: { baselineReward } }])),
    metadata: {
      ...{ world, method: method.name, history: user.history, attributes: user.attributes, scores },
      ...(label === undefined ? {} : { label }),
      ...markOf(results),
    },
  };
}
