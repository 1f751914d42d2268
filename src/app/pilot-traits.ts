import type { ImportedUser } from "../conversations/imported.ts";
import type { Config } from "../core/config/resolved.ts";
import { KNOWN_TRAITS } from "../providers/sim/traits.ts";

/**
 * Stands a trait that the simulated model knows in for each one that it does not: for the lengths of texts, which is all
 * that an estimate takes from a simulated pilot, any trait will do.
 */
export function withKnownTraits(
  pool: Config["pool"],
  imported: readonly ImportedUser[] | undefined,
): { pool: Config["pool"]; imported?: ImportedUser[] } {
  const names = new Set([...pool.attributes, ...pool.principles]);
  const spare = KNOWN_TRAITS.filter((trait) => !names.has(trait));
  const known = new Map(
    [...names]
      .filter((name) => !KNOWN_TRAITS.includes(name))
      .map((name, i) => [name, spare[i % spare.length] as string]),
  );
  const stand = (name: string): string => known.get(name) ?? name;
  return {
    pool: { ...pool, attributes: pool.attributes.map(stand), principles: pool.principles.map(stand) },
    ...(imported && {
      imported: imported.map(({ candidates, ratings, ...user }) => ({
        ...user,
        attributes: user.attributes.map((a) => ({ ...a, attribute: stand(a.attribute) })),
        ...(candidates && { candidates: candidates.map((c) => ({ ...c, principle: stand(c.principle) })) }),
        ...(ratings && {
          ratings: ratings.map((r) => ({
            ...r,
            principle: stand(r.principle),
            scores: r.scores.map((s) => ({ ...s, principle: stand(s.principle) })),
          })),
        }),
      })),
    }),
  };
}
