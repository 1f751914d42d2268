import type { OwnMethod } from "../methods/own.ts";
import type { ConfiguredMethod } from "../methods/registry.ts";
import type { OwnModel } from "./config-objects.ts";
import type { SharedTraffic } from "./traffic.ts";

/** Objects of the user's own that a program hands over, instead of naming the file that defines them. */
export interface GivenObjects {
  /** By id. */
  readonly models?: ReadonlyMap<string, OwnModel>;
  readonly methods?: readonly OwnMethod[];
  /** Where several machines share the limits of servers. */
  readonly traffic?: SharedTraffic;
  /** All methods of the configuration, made already. */
  readonly configured?: readonly ConfiguredMethod[];
}
