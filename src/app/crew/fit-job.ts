import { ApmError } from "../../core/errors.ts";
import type { MethodContext } from "../../methods/method.ts";
import { createMethod } from "../../methods/registry.ts";
import { runMemory } from "../../pipeline/fit.ts";
import { type FitOrder, orderedUsers } from "../../pipeline/fit-order.ts";

/** An artifact as the store takes it. */
export interface MadeArtifact {
  readonly kind: string;
  readonly key: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Does the fits of one run; what depends on the texts alone is computed once. */
export type Fitter = (order: FitOrder) => Promise<readonly MadeArtifact[]>;

export function fitter(): Fitter {
  const memo = runMemory();
  return async (order) => {
    const { implementation } = createMethod(order.method, 0);
    if (implementation.kind !== "method") throw nobodyAsked();
    const made: MadeArtifact[] = [];
    const learners = [orderedUsers(order, "train"), orderedUsers(order, "validation")] as const;
    await implementation.fit(...learners, contextOf(order, memo, made));
    return made;
  };
}

/** A context in which artifacts are all that there is. */
function contextOf(
  { labels, key }: FitOrder,
  memo: MethodContext["memo"],
  made: MadeArtifact[],
): MethodContext {
  const nobody = { id: "nobody", identity: "nobody", simulated: true };
  const ask = (): Promise<never> => Promise.reject(nobodyAsked());
  return {
    base: { ...nobody, generate: ask },
    embedder: { ...nobody, embed: ask },
    http: { postJson: ask },
    labels,
    key,
    concurrency: 1,
    artifacts: {
      getArtifact: () => undefined,
      putArtifact: (kind, artifactKey, bytes) => void made.push({ kind, key: artifactKey, bytes }),
    },
    memo,
    keep: () => {},
    learned: () => {},
    note: () => {},
  };
}

const nobodyAsked = (): ApmError => new ApmError("a fit in a thread asked for more than its users");
