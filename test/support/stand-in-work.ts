import type { TrainerAnswer, TrainerQuestion, TrainerRequest } from "../../src/core/ports/trainer.ts";

/** What a job leaves behind. */
export interface StandInWork {
  readonly result: Record<string, unknown>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

interface RouterUser {
  readonly id: string;
  readonly history: readonly string[];
  readonly target?: number | readonly number[];
}

/** Does what a request asks for, with next to no learning: enough to see whether the right things travel. */
export function standInWork(
  request: TrainerRequest,
  initial: ReadonlyMap<string, Uint8Array> = new Map(),
): StandInWork {
  return request.kind === "encoder-router" ? routerWork(request) : softPromptWork(request, initial);
}

/** Label probabilities of users: labels whose train users share words with them. */
export function standInProbabilities(
  { data }: TrainerRequest,
  users: readonly RouterUser[],
): Record<string, number[]> {
  const labels = data.labels as string[];
  const words = ({ history }: RouterUser): Set<string> =>
    new Set(history.join(" ").toLowerCase().match(/\w+/g));
  const known = (data.train as RouterUser[]).map((user) => ({ words: words(user), target: user.target }));
  const vectorOf = (user: RouterUser): number[] => {
    const mass = labels.map(() => 1e-3);
    for (const one of known) {
      const shared = [...words(user)].filter((word) => one.words.has(word)).length;
      for (const [i] of labels.entries()) {
        const target = typeof one.target === "number" ? Number(one.target === i) : (one.target?.[i] ?? 0);
        mass[i] = (mass[i] as number) + shared ** 2 * target;
      }
    }
    const total = mass.reduce((a, b) => a + b, 0);
    return mass.map((m) => m / total);
  };
  return Object.fromEntries(users.map((user) => [user.id, vectorOf(user)]));
}

/** What an adapted model says: the prompt, in the manner that its first embedded number asks for. */
export function standInAnswers(questions: readonly TrainerQuestion[]): TrainerAnswer[] {
  return questions.map(({ id, messages, embedded, seed, maxTokens }) => {
    const vector = new Float32Array(Uint8Array.from(Buffer.from(embedded, "base64")).buffer);
    const manner = (vector[0] ?? 0) >= 0 ? "warm" : "cold";
    const words = `${manner} ${seed % 97} ${messages.at(-1)?.content ?? ""}`.split(" ");
    return {
      id,
      text: words.slice(0, maxTokens).join(" "),
      finishReason: words.length > maxTokens ? "length" : "stop",
      inputTokens: words.length,
      outputTokens: Math.min(words.length, maxTokens),
    };
  });
}

function routerWork(request: TrainerRequest): StandInWork {
  const { data } = request;
  const train = data.train as RouterUser[];
  const validation = data.validation as RouterUser[];
  const test = (data.test ?? []) as RouterUser[];
  const everybody = [...train, ...validation, ...test];
  const counts = (users: readonly RouterUser[]): number[] =>
    (data.labels as string[]).map((_, i) => users.filter(({ target }) => target === i).length);
  return {
    result: {
      protocol: 1,
      kind: "encoder-router",
      labels: data.labels,
      probabilities: standInProbabilities(request, everybody),
      accuracy: {
        train: { label: 0.9, true: null },
        validation: { label: 0.8, true: null },
        test: { label: null, true: null },
      },
      labelDistribution: { train: counts(train), validation: counts(validation) },
      lossCurve: [
        { step: 1, epoch: 1, loss: 1.4 },
        { step: 2, epoch: 1, loss: 0.6 },
      ],
      epochs: [
        { epoch: 0, trainLoss: null, validationLoss: 1.4, validationAccuracy: 0.25 },
        { epoch: 1, trainLoss: 1, validationLoss: 0.7, validationAccuracy: 0.8 },
      ],
      keptEpoch: 1,
      cutTexts: 0,
      parameters: 1000,
      run: RUN,
      model: { ...request.model, fingerprint: null },
    },
    files: new Map([["model.safetensors", Buffer.from("weights")]]),
  };
}

function softPromptWork(request: TrainerRequest, initial: ReadonlyMap<string, Uint8Array>): StandInWork {
  const { data, model } = request;
  const pairs = {
    train: (data.train as unknown[]).length,
    validation: (data.validation as unknown[]).length,
  };
  const drawn = new Map<string, Uint8Array>(
    ["adapter_config.json", "adapter_model.safetensors", "projector.json", "projector.safetensors"].map(
      (name) => [
        name,
        Buffer.from(`${name} of ${JSON.stringify(data.train).length} letters, seed ${request.seed}`),
      ],
    ),
  );
  const files = initial.size === 0 ? drawn : new Map(initial);
  return {
    result: {
      protocol: 1,
      kind: "soft-prompt",
      files: [...files].map(([name, bytes]) => ({ name, bytes: bytes.length, sha256: "0".repeat(64) })),
      epochs: [
        {
          epoch: 0,
          trainLoss: null,
          trainAccuracy: null,
          validationLoss: 0.69,
          validationAccuracy: 0.5,
          validationMargin: 0,
        },
        {
          epoch: 1,
          trainLoss: 0.6,
          trainAccuracy: 0.7,
          validationLoss: 0.5,
          validationAccuracy: 0.75,
          validationMargin: 0.4,
        },
      ],
      lossCurve: [{ step: 1, epoch: 1, loss: 0.69, accuracy: 0.5, gradientNorm: 1, learningRate: 5e-5 }],
      margins: {},
      keptEpoch: 1,
      pairs,
      answers: standInAnswers((data.answers as { requests: TrainerQuestion[] } | undefined)?.requests ?? []),
      run: RUN,
      model: { ...model, fingerprint: "f" },
    },
    files,
  };
}

const RUN = {
  device: "cpu",
  precision: "float32",
  seconds: 1,
  tokensPerSecond: 100,
  peakBytes: 1,
  processes: 1,
};
