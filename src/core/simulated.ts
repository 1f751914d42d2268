import type { ModelRole } from "./ports/language-model.ts";
import type { LineWriter } from "./ports/system.ts";

/** Whose answers can come from the simulated model. */
export type SimulatedRole = ModelRole | "embedder";

/** What of a result the simulated model made; everything that is written of a result carries it. */
export interface Simulated {
  readonly simulated: boolean;
  /** The roles that the simulated model had; absent in records of earlier versions, which did not tell. */
  readonly simulatedRoles?: readonly SimulatedRole[];
}

/** What each role contributes, in the order in which it comes into being. */
const MAKES: Readonly<Record<SimulatedRole, string>> = {
  rewriter: "users",
  embedder: "embeddings",
  candidate: "candidates",
  base: "answers",
  judge: "scores",
};
export const SIMULATED_ROLES = Object.keys(MAKES) as readonly SimulatedRole[];
/** Those of a record that does not tell: every language model. */
const UNTOLD = SIMULATED_ROLES.filter((role) => role !== "embedder");

/** The mark of what was made with these models; those that had no part in it are left out. */
export function simulatedIn(
  models: Readonly<Partial<Record<SimulatedRole, { readonly simulated: boolean }>>>,
): Required<Simulated> {
  return markOf(SIMULATED_ROLES.filter((role) => models[role]?.simulated));
}

/** The mark of what was made from several results. @param roles the only ones that had a part in it */
export function simulatedInAny(
  marks: readonly Simulated[],
  roles: readonly SimulatedRole[] = SIMULATED_ROLES,
): Required<Simulated> {
  const found = new Set(marks.flatMap(simulatedRoles));
  return markOf(roles.filter((role) => found.has(role)));
}

const markOf = (simulatedRoles: readonly SimulatedRole[]): Required<Simulated> => ({
  simulated: simulatedRoles.length > 0,
  simulatedRoles,
});

/** The roles that the simulated model had. */
export function simulatedRoles({ simulated, simulatedRoles = UNTOLD }: Simulated): readonly SimulatedRole[] {
  return simulated ? simulatedRoles : [];
}

/** For a caption: " (simulated: rewriter, judge)"; empty where nothing was. */
export function simulatedNote(mark: Simulated): string {
  const roles = simulatedRoles(mark);
  return roles.length === 0 ? "" : ` (simulated: ${roles.join(", ")})`;
}

/** The sentence that stands on everything that a simulated run shows; empty where nothing was simulated. */
export function simulatedWords(mark: Simulated): string {
  const parts = simulatedRoles(mark).map((role) => `${MAKES[role]} (${role})`);
  if (parts.length === 0) return "";
  const last = parts.at(-1);
  const list = parts.length === 1 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
  return `SIMULATED: ${list} come from the embedded simulated model. They show how the benchmark works, not how any real LLM behaves.`;
}

/** A JSONL file each of whose records carries the mark. */
export function markedLines(
  lines: LineWriter,
  { simulated, simulatedRoles }: Required<Simulated>,
): Omit<LineWriter, "write"> & { write(record: object): void } {
  return {
    ...lines,
    write: (record) => lines.write(JSON.stringify({ ...record, simulated, simulatedRoles })),
  };
}
