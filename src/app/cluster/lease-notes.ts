import { join } from "node:path";
import { parseJson } from "../../core/json-file.ts";
import type { Lease, Leases } from "../../core/ports/leases.ts";
import type { Spending } from "../../core/ports/store.ts";
import type { System } from "../../core/ports/system.ts";
import type { LeaseNotes } from "../../providers/decorators/leased.ts";

/** A lease as a worker's folder keeps it: with what the folder had spent when it was taken. */
interface NotedLease extends Lease {
  readonly run: string;
  readonly before: Spending;
}

const FILE = "leases.json";

/**
 * Leases of a worker's folder, so that one that comes back after it was killed can prove what it has not spent.
 * @param spent of the folder's store: it counts as spent what was in flight when a process was killed
 */
export function leaseNotes(system: System, out: string, spent: () => Spending) {
  const path = join(out, FILE);
  let noted: NotedLease[] = system.exists(path) ? (parseJson(system, path) as NotedLease[]) : [];
  const write = (): void => system.writeFile(path, JSON.stringify(noted));
  return {
    of: (run: string): LeaseNotes => ({
      taken(lease) {
        noted.push({ ...lease, run, before: spent() });
        write();
      },
      ended(id) {
        noted = noted.filter((lease) => lease.id !== id);
        write();
      },
    }),
    /** Gives back what an earlier process of this folder is proven not to have spent. */
    async recover(leasesOf: (run: string) => Leases): Promise<number> {
      const [first] = noted;
      if (first === undefined) return 0;
      const now = spent();
      // Which lease paid for what is not known: they are taken as used up one after the other.
      let calls = now.calls - first.before.calls;
      let usd = now.usd - first.before.usd;
      let back = 0;
      for (const { id, run, most } of noted) {
        const used = { calls: Math.min(calls, most.calls), usd: Math.min(usd, most.usd) };
        await leasesOf(run).giveBack(id, used);
        back += most.calls - used.calls;
        calls -= used.calls;
        usd -= used.usd;
      }
      noted = [];
      write();
      return back;
    },
  };
}
