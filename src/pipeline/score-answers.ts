import { mapConcurrent } from "../core/concurrency.ts";
import { type ScoredAnswer, scoreAnswer } from "../evaluation/score.ts";
import type { Draw } from "../judge/draw.ts";
import { createJudge } from "../judge/judge.ts";
import { knowingJudge } from "../judge/known.ts";
import type { Answer } from "../methods/method.ts";
import type { World } from "../world/mapping.ts";
import type { StageGauges } from "./gauges.ts";
import type { RunSetup } from "./run-setup.ts";
import type { PlainlyAnswered } from "./users.ts";
import { inWorld, type WorldUser } from "./world-view.ts";

/** A test user in one world, with what every method's answer is compared with. */
export type TestedUser = WorldUser & Pick<PlainlyAnswered, "plain" | "known">;

export const testedIn = ({ config }: RunSetup, world: World, user: PlainlyAnswered): TestedUser => ({
  ...inWorld(user, world, config.targets),
  plain: user.plain,
  known: user.known,
});

export type Scored = Answer & ScoredAnswer;
export type SayOf = (user: TestedUser, index: number) => Answer | Promise<Answer>;

/** Every test user's answer with its scores, in the users' order. @param done told after each */
export async function scoreAnswers(
  { config, models }: Pick<RunSetup, "config" | "models">,
  test: readonly TestedUser[],
  answer: SayOf,
  gauges: StageGauges,
  draw: Draw,
  done: () => void,
): Promise<Scored[]> {
  const judge = createJudge(models.judge, config.judge, gauges.of("judge"), draw);
  const all = await mapConcurrent(test, config.concurrency, async (user, index) => {
    const said = await answer(user, index);
    const asked = knowingJudge(judge, user.known, draw);
    const scored = await scoreAnswer(
      asked,
      said.text,
      user.visible.prompt,
      user.targets,
      config.pool.principles,
    );
    done();
    return { ...said, ...scored };
  });
  gauges.end();
  return all;
}
