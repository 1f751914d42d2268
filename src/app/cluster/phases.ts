import { canonicalJson, fingerprint } from "../../core/hash.ts";
import type { NewJob } from "../../core/ports/job-queue.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import { answerPhases, type Phase, type PlannedUnit, userPhase } from "../../pipeline/units/plan.ts";
import { type UnitOutcome, unitName } from "../../pipeline/units/unit.ts";

/** A phase's unit as a job of a run: the same unit of the same run is the same job, whoever adds it. */
function jobOf(run: string, { unit, group }: PlannedUnit): NewJob {
  return { id: fingerprint(canonicalJson({ run, unit }), 32), name: unitName(unit), work: unit, group };
}

/**
 * Has the phases of a run done, one after the other; users who failed are made up for by more units.
 * @param doPhase adds a phase's jobs and waits until all of them are done
 */
export async function doPhases(
  run: string,
  setup: RunSetup,
  doPhase: (name: string, jobs: readonly NewJob[]) => Promise<ReadonlyMap<string, unknown>>,
): Promise<void> {
  const failed = { train: 0, validation: 0, test: 0 };
  for (;;) {
    const { name, units }: Phase = userPhase(setup, failed);
    const outcomes = await doPhase(
      name,
      units.map((unit) => jobOf(run, unit)),
    );
    const found = { train: 0, validation: 0, test: 0 };
    for (const planned of units) {
      const outcome = outcomes.get(jobOf(run, planned).id) as UnitOutcome | undefined;
      if (planned.unit.kind === "users") found[planned.unit.split] += outcome?.failed ?? 0;
    }
    if (canonicalJson(found) === canonicalJson(failed)) break;
    Object.assign(failed, found);
  }
  for (const { name, units } of answerPhases(setup))
    await doPhase(
      name,
      units.map((unit) => jobOf(run, unit)),
    );
}
