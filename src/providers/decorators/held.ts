import { ProviderError } from "../../core/errors.ts";
import { contentKey } from "../../core/hash.ts";
import type {
  GenerateRequest,
  GenerateResult,
  LanguageModel,
  NumberForm,
} from "../../core/ports/language-model.ts";
import type { Store } from "../../core/ports/store.ts";
import { prompts } from "../../core/prompt/prompts.ts";
import { renderPart } from "../../core/prompt/template.ts";
import { wrapModel } from "../../core/wrap-model.ts";

const KIND = "held";
/** Of the answer that tells whether a form works: a model that is not held may never end. */
const MOST_TOKENS = 256;

/**
 * A model that is held to whole numbers as its server can: which form works is found out before the first request that wants
 * it. Most servers ignore fields that they do not know, so each form is tried on a request that asks for a word: only a model
 * that is held answers it with a number. That request is always the same one, so that outcome and usage are too, whichever
 * rating comes first. The outcome is stored, so that a run that goes on asks, and finds, the same requests.
 * Stands outside of the store: the key of an answer is of the request as it was sent.
 * @param notice told of the outcome
 */
export function heldModel(
  model: LanguageModel,
  store: Store,
  notice: (words: string) => void = () => {},
): LanguageModel {
  const { numberForms } = model;
  if (numberForms === undefined) return model;
  const key = contentKey(`${KIND}@1 ${model.identity}`);
  const stored = store.getArtifact(KIND, key);
  let outcome = stored && (new TextDecoder().decode(stored) as NumberForm | "none");
  let search: Promise<NumberForm | "none"> | undefined;

  const find = async (max: number): Promise<NumberForm | "none"> => {
    let found: NumberForm | "none" = "none";
    for (const form of numberForms) {
      // Kept one by one: a run that was stopped in the middle asks for none of them again.
      const tried = contentKey(`${KIND}@1 ${model.identity} ${form}`);
      if (store.getArtifact(KIND, tried) !== undefined) continue;
      if (await holds(model, max, form)) {
        found = form;
        break;
      }
      store.putArtifact(KIND, tried, new TextEncoder().encode("none"));
    }
    store.putArtifact(KIND, key, new TextEncoder().encode(found));
    notice(`${model.id}: ${heldWords(found)}`);
    outcome = found;
    return found;
  };
  /** Asked for by many at once, found out by one; a search that failed is begun anew by who comes next. */
  const settle = async (max: number): Promise<NumberForm | "none"> => {
    search ??= find(max).finally(() => (search = undefined));
    return search;
  };
  const generate = async (request: GenerateRequest): Promise<GenerateResult> => {
    const { held, ...free } = request;
    if (held === undefined || held.form !== undefined) return model.generate(request);
    const form = outcome ?? (await settle(held.max));
    return model.generate(form === "none" ? free : { ...free, held: { ...held, form } });
  };
  return {
    ...wrapModel(model, generate),
    heldBy: () => outcome,
  };
}

/** What was found, as people may read it. */
export function heldWords(form: NumberForm | "none"): string {
  return form === "none"
    ? "its server has no known way to hold it to the scale's numbers, so it is asked without"
    : `it is held to the scale's numbers by ${form}`;
}

/** Whether a model in this form answers with a number although a word is asked for. */
async function holds(model: LanguageModel, max: number, form: NumberForm): Promise<boolean> {
  // What is computed here leaves nothing else to write.
  if (form === "mask") return true;
  const limit = Math.min(model.maxTokens ?? MOST_TOKENS, MOST_TOKENS);
  try {
    const { text } = await model.generate({
      messages: [{ role: "user", content: renderPart(prompts.judge, "word", {}) }],
      sample: 0,
      repeat: true,
      held: { max, form },
      ...(limit === model.maxTokens ? {} : { maxTokens: limit }),
    });
    return isNumber(text, max);
  } catch (error) {
    if (error instanceof ProviderError && isRefusal(error)) return false;
    throw error;
  }
}

const isRefusal = ({ refuses, status }: ProviderError): boolean =>
  refuses?.what === "constraint" || status === 400 || status === 422;

/** A number on the scale, by itself or in the object of the JSON schema. */
function isNumber(text: string, max: number): boolean {
  const [, digits] = /^\s*(?:\{\s*"score"\s*:\s*)?(\d{1,3})\s*\}?\s*$/.exec(text) ?? [];
  return digits !== undefined && Number(digits) >= 1 && Number(digits) <= max;
}
