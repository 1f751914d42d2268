import shipped from "../../catalog/pools.json" with { type: "json" };
import type { Pool } from "../core/artifacts.ts";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";

const pools: Readonly<Record<string, Pool>> = shipped;

/** Names of the pools of the paper's selection study. */
export const POOL_NAMES: readonly string[] = Object.keys(pools);

/** @throws UsageError naming the known pools */
export function poolNamed(name: string): Pool {
  if (Object.hasOwn(pools, name)) return pools[name] as Pool;
  throw new UsageError(`there is no pool "${name}"${didYouMean(name, POOL_NAMES)}`, {
    where: "pool",
    remedy: `choose one of ${POOL_NAMES.join(", ")}, write {attributes: [...], principles: [...]}, or name a .json file of that form`,
  });
}

/**
 * Checks that a pool can be used: at least one attribute, as many principles as attributes, no blank and no double
 * name in either list. Whether a model knows the names is the model's business.
 * @param where the pool's place in the configuration, such as `pool`
 * @throws UsageError with the place, such as `pool.attributes[3]`
 */
export function checkPool(pool: Pool, where: string): void {
  const { attributes, principles } = pool;
  checkNames(attributes, `${where}.attributes`);
  checkNames(principles, `${where}.principles`);
  if (attributes.length !== principles.length) {
    throw new UsageError(
      `${attributes.length} attributes but ${principles.length} principles: a mapping needs as many of both`,
      { where, remedy: "give both lists the same length" },
    );
  }
}

function checkNames(names: readonly string[], where: string): void {
  if (names.length === 0) throw new UsageError("an empty list", { where, remedy: "name at least one" });
  const seen = new Map<string, number>();
  names.forEach((name, i) => {
    const place = `${where}[${i}]`;
    const plain = name.trim().toLowerCase();
    if (plain === "") throw new UsageError("a blank name", { where: place, remedy: "name it or remove it" });
    const before = seen.get(plain);
    if (before !== undefined) {
      throw new UsageError(`"${name}" stands twice, also at ${where}[${before}]`, {
        where: place,
        remedy: "remove one of the two",
      });
    }
    seen.set(plain, i);
  });
}
