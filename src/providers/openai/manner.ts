/** Names of the field that bounds generated tokens, oldest first. */
export type LimitField = "max_tokens" | "max_completion_tokens";
/** Fields by which servers turn reasoning on and off. */
export const SWITCHES = ["chat_template_kwargs", "reasoning_effort", "reasoning"] as const;
export type Switch = (typeof SWITCHES)[number];

/** How a server wants to be asked, as far as it has said itself. */
export interface Manner {
  readonly limit: LimitField;
  /** Those that it does not refuse. */
  readonly switches: ReadonlySet<Switch>;
  /** The least effort that it knows, for reasoning that is turned off. */
  readonly leastEffort: string;
  /** Whether it takes texts to stop at. */
  readonly stops: boolean;
}

export const FIRST_MANNER: Manner = {
  limit: "max_tokens",
  switches: new Set(SWITCHES),
  leastEffort: "none",
  stops: true,
};

/** Where template variables work, an effort that is not quite none would turn reasoning on. */
export const isEffortSent = ({ switches, leastEffort }: Pick<Manner, "switches" | "leastEffort">): boolean =>
  switches.has("reasoning_effort") && (leastEffort === "none" || !switches.has("chat_template_kwargs"));

const UNWANTED =
  /unsupported|not supported|not support|unknown|unrecognized|unexpected|not permitted|not allowed|forbidden|extra|instead|deprecated|invalid|cannot find|input should be|only one of|mutually exclusive|must be/i;
const TOO_MUCH = /too large|exceed|greater than|less than or equal|at most|window of/i;

/**
 * How to ask otherwise after a refusal.
 * @param said the server's words, with its codes
 * @param sent names of the fields that were sent
 * @param fixed fields that the user set, which stay
 * @returns `undefined` when the words name nothing that can be put otherwise
 */
export function learnt(
  manner: Manner,
  said: string,
  sent: ReadonlySet<string>,
  fixed: ReadonlySet<string>,
): Manner | undefined {
  if (!UNWANTED.test(said)) return undefined;
  const named = (field: string): boolean => new RegExp(`(?<![a-z_])${field}(?![a-z_])`, "i").test(said);
  const field = SWITCHES.find((name) => sent.has(name) && !fixed.has(name) && isMeant(name, named));
  if (field === "reasoning_effort") {
    const least = leastIn(said);
    if (least !== undefined && least !== manner.leastEffort) return { ...manner, leastEffort: least };
  }
  if (field !== undefined) {
    return { ...manner, switches: new Set([...manner.switches].filter((name) => name !== field)) };
  }
  if (manner.stops && sent.has("stop") && !fixed.has("stop") && named("stop"))
    return { ...manner, stops: false };
  const { limit } = manner;
  if (!sent.has(limit) || fixed.has(limit) || !named(limit) || TOO_MUCH.test(said)) return undefined;
  return { ...manner, limit: limit === "max_tokens" ? "max_completion_tokens" : "max_tokens" };
}

/** `reasoning` is also a common word: it must stand as a field does. */
function isMeant(name: Switch, named: (field: string) => boolean): boolean {
  if (name !== "reasoning")
    return named(name) || (name === "chat_template_kwargs" && named("enable_thinking"));
  return named("['\"`.]reasoning['\"`]?") || named("(parameter|argument|field|name)s?:? reasoning");
}

/** The least of the efforts that a refusal lists as possible. */
function leastIn(said: string): string | undefined {
  const listed = /(?:supported values|input should be|expected|one of|must be)(.*)/i.exec(said)?.[1];
  if (listed === undefined) return undefined;
  return ["none", "minimal", "low"].find((effort) => new RegExp(`['"\`]${effort}['"\`]`).test(listed));
}
