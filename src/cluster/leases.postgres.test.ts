import { afterAll, beforeAll, expect, it } from "vitest";
import { startPostgres, type TestPostgres } from "../../test/support/postgres.ts";
import type { Leases } from "../core/ports/leases.ts";
import { callBudget } from "../providers/decorators/budget.ts";
import { type LeasedBudget, leasedBudget } from "../providers/decorators/leased.ts";
import { systemClock } from "../providers/decorators/system-clock.ts";
import { memoryStore } from "../store/memory.ts";
import { type Database, openDatabase } from "./database.ts";
import { LEASE_SECONDS, leasesOf, setBudget } from "./leases.ts";
import { prepareSchema } from "./schema.ts";
import { SCHEMA } from "./schema-name.ts";

let postgres: TestPostgres;
let db: Database;

beforeAll(async () => {
  postgres = await startPostgres();
  db = await openDatabase(postgres.database("leases"), { clock: systemClock, where: "--queue" });
  await prepareSchema(db);
});
afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const notes = { taken: () => {}, ended: () => {} };
const worker = (leases: Leases): LeasedBudget =>
  leasedBudget(callBudget({}, memoryStore()), leases, systemClock, LEASE_SECONDS * 1000, notes);
/** Spends until the budget is used up. @returns how many calls there were */
async function spendAll(budget: LeasedBudget, usd: number): Promise<number> {
  let made = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      await budget.run(
        usd,
        async () => void made++,
        () => usd / 2,
      );
    }
  };
  const ends = await Promise.allSettled([lane(), lane(), lane()]);
  for (const end of ends)
    expect(String((end as PromiseRejectedResult).reason)).toMatch(/budget of all machines/);
  await budget.rest();
  return made;
}

it("hands out a budget of calls in leases, and every last call of it to somebody", async () => {
  await setBudget(db, "calls", { calls: 4_321 });
  const all = await Promise.all(Array.from({ length: 5 }, () => spendAll(worker(leasesOf(db, "calls")), 0)));
  expect(all.reduce((sum, made) => sum + made, 0)).toBe(4_321);
});

it("reserves dollars at the highest price, settles by what was paid, and never allows a call too much", async () => {
  await setBudget(db, "usd", { usd: 3.21 });
  const all = await Promise.all(Array.from({ length: 4 }, () => spendAll(worker(leasesOf(db, "usd")), 0.01)));
  const paid = all.reduce((sum, made) => sum + made * 0.005, 0);
  expect(paid).toBeLessThanOrEqual(3.21);
  // What is not spent in the end is less than a call of each lane may cost.
  expect(paid).toBeGreaterThan(3.21 - 4 * 0.03);
});

it("counts a lost lease as spent until its worker gives it back, once, or the budget is raised", async () => {
  await setBudget(db, "lost", { calls: 1_500 });
  const leases = leasesOf(db, "lost");
  const lost = await leases.take(0);
  expect(lost?.most.calls).toBe(1_000);
  const rest = await leases.take(0);
  expect(rest?.most.calls).toBe(500);
  expect(await leases.take(0)).toBeUndefined();
  expect(await leases.outstanding()).toBe(2);
  await db.query(`UPDATE ${SCHEMA}.leases SET ends = now() - interval '1 second'`);
  expect(await leases.outstanding()).toBe(0);
  expect(await leases.take(0)).toBeUndefined(); // their end alone proves nothing
  for (let times = 0; times < 2; times++) await leases.giveBack(lost?.id ?? "", { calls: 900, usd: 0 });
  expect((await leases.take(0))?.most.calls).toBe(100);
  await setBudget(db, "lost", { calls: 1_600 });
  expect((await leases.take(0))?.most.calls).toBe(100);
  await setBudget(db, "lost", { calls: 50, more: true });
  expect((await leases.take(0))?.most.calls).toBe(50);
});
