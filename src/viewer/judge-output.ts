import { existsSync } from "node:fs";
import { join } from "node:path";
import { callKeys, findCall } from "../core/call-key.ts";
import type { GenerateRequest } from "../core/ports/language-model.ts";
import type { ModelRecord, Results } from "../core/run-record.ts";
import type { Draw } from "../judge/draw.ts";
import { judgedBy, judgeRequests, withShortAnswer } from "../judge/judge.ts";
import { folderOfStore, RUN_FILES } from "../run-folder/run-directory.ts";
import { openStoredCalls, type StoredCalls } from "../store/stored-calls.ts";
import type { JudgeOutput } from "./api-types.ts";
import { shownText } from "./shown-text.ts";

/** Reads what the judge wrote out of a run's store: its requests are rendered again and their calls looked up. */
export interface JudgeReader {
  /** Every ask about this text and principle in one draw that is stored, in order. */
  outputs(results: Results, answer: JudgedAnswer, principle: string, draw: Draw): JudgeOutput;
  close(): void;
}

/** A judged text, and what it answers. */
interface JudgedAnswer {
  readonly text: string;
  readonly prompt: string | null;
}

export function judgeReader(dir: string): JudgeReader {
  let calls: StoredCalls | undefined;
  return {
    outputs({ config, models }, { text, prompt }, principle, draw) {
      calls ??= openStoredCalls(join(folderOfStore(dir, existsSync), RUN_FILES.store));
      const keyOf = callKeys(models.judge.identity);
      const store = calls;
      const asks = judgeRequests(config.judge, judgedBy(config.judge, text, prompt), principle, draw).flatMap(
        (free) => {
          const request = formOf(free, models.judge);
          const call =
            findCall(store, keyOf, request).stored ?? findCall(store, keyOf, withShortAnswer(request)).stored;
          if (call === undefined) return [];
          const reasoning = call.reasoning === undefined ? null : shownText(call.reasoning);
          return [{ text: shownText(call.text), reasoning, finishReason: call.finishReason }];
        },
      );
      return { model: models.judge.id, asks };
    },
    close: () => calls?.close(),
  };
}

/** The request as it was sent: held in the form that the run found, or not at all. */
function formOf(request: GenerateRequest, { constraint }: ModelRecord): GenerateRequest {
  const { held, ...free } = request;
  if (held === undefined || constraint === undefined || constraint === "none") return free;
  return { ...free, held: { ...held, form: constraint } };
}
