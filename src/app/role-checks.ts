import { userProfile } from "../catalog/users.ts";
import { voiceOf } from "../catalog/voices.ts";
import { type BaseConversation, styleLabels, type TestUser, type UserProfile } from "../core/artifacts.ts";
import { placesOf } from "../core/config/addresses.ts";
import { answersCandidates } from "../core/config/answer-settings.ts";
import type { ModelConfig, PlacedModel } from "../core/config/model-schema.ts";
import type { Config } from "../core/config/resolved.ts";
import { commandOf } from "../core/config/serve.ts";
import { ProviderError } from "../core/errors.ts";
import { shortfallOf } from "../core/gauge.ts";
import type { HttpClient } from "../core/ports/http.ts";
import type { ChatMessage, LanguageModel } from "../core/ports/language-model.ts";
import { plainMessages, styledMessages } from "../core/prompt/prompts.ts";
import { fold, rootKey } from "../core/random.ts";
import { createJudge } from "../judge/judge.ts";
import type { OutsideSystem } from "../methods/method.ts";
import type { ConfiguredMethod } from "../methods/registry.ts";
import type { RunSetup } from "../pipeline/run-setup.ts";
import { heldWords } from "../providers/decorators/held.ts";
import type { Reach } from "../providers/http/reach.ts";
import { percent } from "../report/format.ts";
import { type Check, failedCheck } from "./check.ts";
import { listening, nothing, shown } from "./heard.ts";
import type { Models, Providers } from "./providers.ts";
import { REWRITES, rewritesOf } from "./rewriter-check.ts";
import { startable } from "./startable.ts";
import { namesOfServers, originOf } from "./traffic.ts";

/** What one role is asked, and what came of it. */
interface Question {
  /** Roles, or the method, that it is asked for. */
  readonly who: string;
  readonly server: string;
  /** In words; throws where it gives nothing. */
  ask(): Promise<string>;
}

/**
 * Asks every server what the run will ask it: a rewrite that must end by itself, plain and styled answers with the roles'
 * own limits, a rating that must be readable, an embedding, and an answer of each external system. A server that cannot
 * be reached is asked once.
 * @param http without the patience of a run: one request, one answer
 */
export async function roleChecks(
  config: Config,
  providers: Providers,
  models: Models,
  methods: readonly ConfiguredMethod[],
  conversations: RunSetup["conversations"],
  { reach, http }: { readonly reach: Reach; readonly http: HttpClient },
): Promise<Check[]> {
  const user = exampleUser(config, conversations);
  const checks: Check[] = [];
  const away = new Map<string, { who: string[]; at: number }>();
  const ways = { http, trainers: models.trainers(config.models.base) };
  for (const { who, server, ask } of questions(config, providers, models, methods, ways, user)) {
    const gone = away.get(server);
    if (gone !== undefined) {
      gone.who.push(who);
      checks[gone.at] = { ...(checks[gone.at] as Check), what: `${gone.who.join(", ")} (${server})` };
      continue;
    }
    const { check, isAway } = await attempt(who, async () => {
      await refuseAbsent(server, reach);
      return ask();
    });
    if (isAway) away.set(server, { who: [who], at: checks.length });
    checks.push(check);
  }
  return checks;
}

/** A run would wait for it; whoever asks whether all is well need not. */
async function refuseAbsent(server: string, reach: Reach): Promise<void> {
  if (!/^https?:/.test(server)) return;
  const reason = await reach(server);
  if (reason === undefined) return;
  throw new ProviderError(`nobody answers: ${reason}`, {
    failure: "transient",
    where: server,
    remedy: "start the server, or correct its address",
  });
}

/** The first test user of the run, before any rewriting. */
interface ExampleUser {
  readonly profile: UserProfile;
  readonly voice: string;
  readonly conversation: BaseConversation;
  /** Some that are rewritten, the first one among them. */
  readonly conversations: readonly BaseConversation[];
}

function exampleUser(config: Config, { test }: RunSetup["conversations"]): ExampleUser {
  const { pool, activeAttributes, seed, users } = config;
  const key = fold(rootKey(seed), "users");
  const profile = userProfile({
    pool,
    activeAttributes,
    drawn: users.attributes,
    split: "test",
    index: 0,
    key,
  });
  const voice = users.voices ? voiceOf(fold(fold(key, "voice"), profile.id)) : "";
  const conversations = Array.from({ length: Math.min(REWRITES, test.size) }, (_, i) => test.at(i));
  return { profile, voice, conversation: test.at(0), conversations };
}

function questions(
  config: Config,
  providers: Providers,
  models: Models,
  methods: readonly ConfiguredMethod[],
  ways: Parameters<OutsideSystem["probe"]>[0],
  user: ExampleUser,
): Question[] {
  const { conversation } = user;
  /** One question for each server of the role's model. */
  const language = (
    role: "base" | "candidate" | "rewriter" | "judge",
    ask: (model: LanguageModel) => Promise<string>,
  ): Question[] =>
    atEach(providers, config.models[role], (place, server) => {
      const model = providers.unguarded(place);
      return { who: `${role} ${model.id}`, server, ask: () => ask(model) };
    });
  const [style] = styleLabels(config.pool.principles, config.styles?.avoid);
  let answer = conversation.prompt;
  const answering = async (model: LanguageModel, role: "base" | "candidate"): Promise<string> => {
    const limited = config.models[role].maxTokens !== undefined;
    answer = await answerOf(model, plainMessages(conversation.prompt), limited);
    const styled =
      style === undefined
        ? answer
        : await answerOf(model, styledMessages(style, conversation.prompt), limited);
    return `answers, under a style instruction, too (${shown(styled)})`;
  };
  const isSame = answersCandidates(config.models);
  return [
    ...language("rewriter", (model) => rewritesOf(model, config, user)),
    ...language("base", (model) => answering(model, "base")),
    ...(isSame ? [] : language("candidate", (model) => answering(model, "candidate"))),
    ...language("judge", async (model) => {
      const told = listening();
      const judge = createJudge(model, config.judge, told.gauge);
      const score = await judge.rate(answer, config.pool.principles[0] as string, conversation.prompt);
      if (score === null) return told.fail();
      const how = config.judge.weighted ? "weighted score" : "score";
      const held = model.heldBy?.();
      const mass = told.mass();
      return [
        `its ${how} is read (${Number(score.toFixed(2))})`,
        ...(held === undefined ? [] : [heldWords(held)]),
        ...(mass === undefined ? [] : [`its numbers have ${percent(mass)} of the probability`]),
      ].join("; ");
    }),
    ...embedding(providers, config.models.embedder, models),
    ...methods.flatMap(({ name, implementation }): Question[] => {
      if (implementation.kind !== "method" || implementation.outside === undefined) return [];
      const { server, probe } = implementation.outside;
      const asked: TestUser = {
        id: "doctor",
        history: [conversation.prompt],
        prompt: conversation.prompt,
      };
      return [{ who: name, server: originOf(server), ask: () => probe(ways, asked) }];
    }),
  ];
}

function embedding(providers: Providers, settings: ModelConfig, models: Models): Question[] {
  return atEach(providers, settings, (place, server) => ({
    who: `embedder ${settings.provider}:${settings.model}`,
    server,
    async ask() {
      const [vector] = await models.embedder(place).embed(["Any text."]);
      return `answers (${vector?.length} numbers a text)`;
    },
  }));
}

/** One question for each server; several are named, and must serve the same model. */
function atEach(
  providers: Providers,
  settings: ModelConfig,
  question: (place: PlacedModel, server: string) => Question,
): Question[] {
  const places = placesOf(settings);
  const names = namesOfServers(places);
  const command = commandOf(settings);
  if (command !== undefined) {
    const { who } = question(places[0], "");
    return [{ who, server: `${who}: serve`, ask: () => startable(command, providers.paths) }];
  }
  return places.map((place, i) => {
    const server = names[i] as string;
    const asked = question(place, server);
    const check = providers.checked(settings);
    if (check === undefined) return asked;
    return { ...asked, who: `${asked.who} at ${server}`, ask: () => check(i, asked.ask) };
  });
}

async function answerOf(
  model: LanguageModel,
  messages: readonly ChatMessage[],
  limited: boolean,
): Promise<string> {
  const result = await model.generate({ messages, sample: 0 });
  const shortfall = shortfallOf(result, limited);
  if (shortfall !== undefined) throw nothing(shortfall);
  return result.text.trim();
}

async function attempt(what: string, ask: () => Promise<string>): Promise<{ check: Check; isAway: boolean }> {
  try {
    return { check: { what, ok: true, found: await ask() }, isAway: false };
  } catch (error) {
    return {
      check: failedCheck(what, error),
      isAway: error instanceof ProviderError && error.failure !== "request",
    };
  }
}
