import { describe, expect, it } from "vitest";
import { ApmError } from "../../src/core/errors.ts";
import type { Trainer, TrainerJob, TrainerProgress, TrainerQuestion } from "../../src/core/ports/trainer.ts";

/** A trainer, and jobs that it can do. */
export interface TrainerUnderTest {
  readonly trainer: Trainer;
  /** An encoder router with the test user `test-0`. */
  readonly router: TrainerJob;
  /** A soft prompt with `questions` in its request. */
  readonly soft: TrainerJob;
  readonly questions: readonly TrainerQuestion[];
  /** For trainers that do nothing by themselves: carries out what was laid down. */
  readonly carryOut?: () => Promise<void> | void;
}

/** What every trainer must do. `make` gives one that has done nothing yet. */
export function trainerContract(name: string, make: () => Promise<TrainerUnderTest>): void {
  /** Trains, with whoever has to lend a hand. */
  const trained = async (
    { trainer, carryOut }: TrainerUnderTest,
    job: TrainerJob,
    told: TrainerProgress[] = [],
  ): Promise<Record<string, unknown>> => {
    if (carryOut !== undefined) {
      await expect(trainer.train(job, () => {})).rejects.toThrow(ApmError);
      await carryOut();
    }
    return (await trainer.train(job, (progress) => told.push(progress))) as Record<string, unknown>;
  };

  describe(`trainer contract: ${name}`, () => {
    it("trains an encoder router, and gives the probabilities of its labels", async () => {
      const under = await make();
      const { trainer, router } = under;
      expect((await trainer.health()).protocol).toBe(1);
      expect(await trainer.has(router.key)).toBe(false);
      const result = await trained(under, router);
      expect(await trainer.has(router.key)).toBe(true);
      const labels = router.request.data.labels as string[];
      expect(result).toMatchObject({ kind: "encoder-router", labels });
      const [user] = router.request.data.test as { id: string; history: string[] }[];
      const vector = (await trainer.probabilities(router.key, [user!])).get("test-0")!;
      expect(vector).toHaveLength(labels.length);
      expect(vector.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
      expect(vector).toEqual((result.probabilities as Record<string, number[]>)["test-0"]);
    });

    it("trains a soft prompt, hands out its files, and answers, the same when asked again", async () => {
      const under = await make();
      const { trainer, soft, questions } = under;
      const told: TrainerProgress[] = [];
      const result = await trained(under, soft, told);
      if (under.carryOut === undefined) expect(told.at(-1)?.state).toBe("done");
      const files = result.files as { name: string; bytes: number }[];
      expect(files.map(({ name }) => name).sort()).toEqual([
        "adapter_config.json",
        "adapter_model.safetensors",
        "projector.json",
        "projector.safetensors",
      ]);
      for (const { name, bytes } of files) expect((await trainer.file(soft.key, name)).length).toBe(bytes);
      const answers = await trainer.answers(soft.key, questions);
      expect(answers.map(({ id }) => id)).toEqual(questions.map(({ id }) => id));
      expect(await trainer.answers(soft.key, questions)).toEqual(answers);
      expect(await trainer.answers(soft.key, [...questions].reverse())).toEqual([...answers].reverse());
    });

    it("finds done what was done before: the same result, at once", async () => {
      const under = await make();
      const first = await trained(under, under.router);
      expect(await under.trainer.begin(under.router)).toBe("done");
      expect(await under.trainer.train(under.router, () => {})).toEqual(first);
    });

    it("refuses files that there are not, and names that lead elsewhere", async () => {
      const under = await make();
      await trained(under, under.soft);
      await expect(under.trainer.file(under.soft.key, "no-such-file")).rejects.toThrow(ApmError);
      await expect(under.trainer.file(under.soft.key, "../request.json")).rejects.toThrow(ApmError);
    });
  });
}
