import { canonicalJson, fingerprint } from "../core/hash.ts";
import { promptText } from "../core/prompt/prompts.ts";
import { rewardBounds, scoreBounds } from "../core/rating-scale.ts";
import type { MethodResult, Results, UserRecord } from "../core/run-record.ts";
import { isBaseline } from "../methods/about.ts";
import { filed, idOf, markTexts, modelInfo } from "./every-eval-ever-model.ts";
import { type ExportedRun, type ExportedSample, gainOf } from "./records.ts";

const SCHEMA = "0.3.0";
const COLLECTION = "apm-bench";

/** Where a record and its instances lie, as the datastore of Every Eval Ever asks for. */
export interface RecordPaths {
  readonly record: string;
  readonly instances: string;
}

/** The same run has the same number, in the form of a random one (UUID version 4), which the datastore asks for. */
function uuidOf(results: Results): string {
  const hex = fingerprint(canonicalJson(results), 32);
  const variant = "89ab"[Number.parseInt(hex[16] as string, 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export function recordPaths({ results, inProcess }: ExportedRun): RecordPaths {
  const { developer, name } = filed(results.config.models.base, inProcess);
  const stem = `data/${COLLECTION}/${developer}/${name}/${uuidOf(results)}`;
  return { record: `${stem}.json`, instances: `${stem}_samples.jsonl` };
}

const seconds = (date: Date): string => String(Math.floor(date.getTime() / 1000));

const evaluationId = ({ results, inProcess, startedAt }: ExportedRun): string =>
  `${COLLECTION}/${idOf(filed(results.config.models.base, inProcess)).replace("/", "_")}/${seconds(startedAt)}`;

/** The record of a run: the base LLM, one result a method. @param instances what is said of the file of instances */
export function evaluationRecord(run: ExportedRun, instances: { rows: number; sha256: string }): object {
  const { results, startedAt } = run;
  const { config, version } = results;
  return {
    schema_version: SCHEMA,
    evaluation_id: evaluationId(run),
    evaluation_timestamp: startedAt.toISOString(),
    retrieved_timestamp: seconds(startedAt),
    source_metadata: {
      source_name: "apm-bench",
      source_type: "evaluation_run",
      source_organization_name: "unknown",
      evaluator_relationship: "other",
      additional_details: markTexts(results),
    },
    eval_library: { name: "apm-bench", version, additional_details: markTexts(results) },
    model_info: modelInfo(config.models.base, "base", run),
    evaluation_results: results.methods.flatMap((method) => resultOf(method, run)),
    ...(instances.rows > 0 && {
      detailed_evaluation_results: {
        format: "jsonl",
        file_path: recordPaths(run).instances,
        hash_algorithm: "sha256",
        checksum: instances.sha256,
        total_rows: instances.rows,
        additional_details: markTexts(results),
      },
    }),
  };
}

/** The result of a method: its gain, or of the baseline its mean reward; none where no answer was scored. */
function resultOf(method: MethodResult, run: ExportedRun): object[] {
  const { results, startedAt } = run;
  const { summary } = method;
  const isPlain = isBaseline(method);
  const score = isPlain ? summary.meanReward : summary.delta;
  if (score === null) return [];
  const { base } = results.config.models;
  const { temperature, topP, maxTokens } = base;
  return [
    {
      evaluation_result_id: resultId(method),
      evaluation_name: `apm-bench: ${method.name}`,
      evaluation_timestamp: startedAt.toISOString(),
      source_data: {
        dataset_name: "apm-bench users",
        source_type: "other",
        additional_details: {
          seed: String(results.config.seed),
          worlds: results.worlds.map(({ seed }) => seed).join(" "),
          test_users: String(results.users.test),
          pool: results.config.pool.name ?? "of its own",
          ...markTexts(results),
        },
      },
      metric_config: metricOf(isPlain, run),
      score_details: {
        score,
        details: {
          method: method.name,
          method_id: method.id,
          verdict: summary.verdict,
          mean_reward: String(summary.meanReward),
          p_value: String(summary.pValue),
          p_value_holm: String(summary.pValueAdjusted),
          missing: String(summary.missing),
          ...markTexts(results),
        },
        ...(isPlain ? {} : { uncertainty: uncertaintyOf(summary) }),
      },
      generation_config: {
        generation_args: {
          ...(temperature === undefined ? {} : { temperature }),
          ...(topP === undefined ? {} : { top_p: topP }),
          ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
        },
        additional_details: { personalization_method: method.name },
      },
    },
  ];
}

const resultId = ({ name }: Pick<MethodResult, "name">): string => `${COLLECTION}/${name}`;

function metricOf(isPlain: boolean, run: ExportedRun): object {
  const { config } = run.results;
  const { judge } = config.models;
  const [least, most] = rewardBounds(config.judge.mapping);
  const [low, high] = scoreBounds(config.judge.mapping);
  return {
    evaluation_description: isPlain
      ? "Mean reward of the plain answers: the judge's scores on each user's hidden principles, weighted"
      : "Mean paired difference in reward to the plain answer of the same model to the same prompt, mean over worlds",
    metric_id: isPlain ? "apm_reward" : "apm_gain",
    metric_name: isPlain ? "reward" : "gain over the plain answer",
    metric_unit: "points",
    lower_is_better: false,
    score_type: "continuous",
    min_score: isPlain ? least : low - high,
    max_score: isPlain ? most : high - low,
    llm_scoring: {
      judges: [
        {
          model_info: modelInfo(judge, "judge", run),
          ...(judge.temperature === undefined ? {} : { temperature: judge.temperature }),
        },
      ],
      input_prompt: promptText("judge"),
    },
  };
}

const BY = "crossed t over users and worlds";

function uncertaintyOf({
  standardError,
  deltaCi95,
  users,
  worlds,
  missing,
}: MethodResult["summary"]): object {
  return {
    ...(standardError === null ? {} : { standard_error: { value: standardError, method: BY } }),
    ...(deltaCi95 === null
      ? {}
      : {
          confidence_interval: {
            lower: deltaCi95[0],
            upper: deltaCi95[1],
            confidence_level: 0.95,
            method: BY,
          },
        }),
    num_samples: users * worlds - missing,
  };
}

/** One line an answer that has a score: of a method its gain, of the baseline its reward. */
export function* instanceRows(run: ExportedRun): Generator<object> {
  const { results, users } = run;
  const byName = new Map(results.methods.map((method) => [method.name, method]));
  const known = new Map(users.map((user) => [user.user, user]));
  for (const sample of run.samples()) {
    const [method, user] = [byName.get(sample.method), known.get(sample.user)];
    if (method === undefined || user === undefined) continue;
    const score = isBaseline(method) ? sample.reward : gainOf(sample);
    if (score !== null && sample.answer !== null) yield instanceOf(run, { method, user, sample, score });
  }
}

function instanceOf(
  run: ExportedRun,
  {
    method,
    user,
    sample,
    score,
  }: { method: MethodResult; user: UserRecord; sample: ExportedSample; score: number },
): object {
  const { results, inProcess } = run;
  const wanted = sample.scores.map(({ principle, direction }) => `${direction} ${principle}`);
  const { label } = sample;
  return {
    schema_version: SCHEMA,
    evaluation_id: evaluationId(run),
    model_id: idOf(filed(results.config.models.base, inProcess)),
    evaluation_name: `apm-bench: ${method.name}`,
    evaluation_result_id: resultId(method),
    sample_id: `world-${sample.world}/${sample.user}`,
    sample_hash: fingerprint(user.prompt + wanted.join(""), 64),
    interaction_type: "single_turn",
    input: { raw: user.prompt, formatted: null, reference: wanted },
    output: { raw: [sample.answer] },
    messages: null,
    answer_attribution: [],
    // "Correct" is an answer that its user would take over the plain one.
    evaluation: { score, is_correct: (gainOf(sample) ?? 0) > 0 },
    metadata: {
      method: method.name,
      world: String(sample.world),
      user: sample.user,
      history: JSON.stringify(user.history),
      reward: String(sample.reward),
      baseline_reward: String(sample.baselineReward),
      ...(label === undefined ? {} : { label: `${label.direction} ${label.principle}` }),
      ...markTexts(results),
    },
  };
}
