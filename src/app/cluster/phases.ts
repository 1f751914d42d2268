import { canonicalJson, fingerprint } from "../../core/hash.ts";
import type { NewJob } from "../../core/ports/job-queue.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import { answerPhases, type PlannedUnit, userPhase } from "../../pipeline/units/plan.ts";
import { type UnitOutcome, unitName } from "../../pipeline/units/unit.ts";

/** Adds a phase's jobs and waits until all of them are done. */
export type DoPhase = (name: string, jobs: readonly NewJob[]) => Promise<ReadonlyMap<string, unknown>>;

/** A phase's unit as a job. */
export type JobOf = (planned: PlannedUnit) => NewJob;

/** The same unit of the same run is the same job, whoever adds it. */
export const jobOfRun =
  (run: string): JobOf =>
  ({ unit, group }) => ({
    ...{ id: fingerprint(canonicalJson({ run, unit }), 32), name: unitName(unit), work: unit, group },
  });

/** Has the phases of a run done, one after the other. */
export async function doPhases(jobOf: JobOf, setup: RunSetup, doPhase: DoPhase): Promise<void> {
  await doUserPhases(jobOf, setup, doPhase);
  for (const { name, units } of answerPhases(setup)) await doPhase(name, units.map(jobOf));
}

/** Has the users of a run made; those who failed are made up for by more units. */
export async function doUserPhases(jobOf: JobOf, setup: RunSetup, doPhase: DoPhase): Promise<void> {
  const failed = { train: 0, validation: 0, test: 0 };
  for (;;) {
    const { name, units } = userPhase(setup, failed);
    const outcomes = await doPhase(name, units.map(jobOf));
    const found = { train: 0, validation: 0, test: 0 };
    for (const planned of units) {
      const outcome = outcomes.get(jobOf(planned).id) as UnitOutcome | undefined;
      if (planned.unit.kind === "users") found[planned.unit.split] += outcome?.failed ?? 0;
    }
    if (canonicalJson(found) === canonicalJson(failed)) return;
    Object.assign(failed, found);
  }
}
