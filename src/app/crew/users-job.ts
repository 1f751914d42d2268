import { callKeys } from "../../core/call-key.ts";
import type { Config } from "../../core/config/resolved.ts";
import { ApmError } from "../../core/errors.ts";
import type { LanguageModel } from "../../core/ports/language-model.ts";
import { wrapModel } from "../../core/wrap-model.ts";
import { MAKERS, type MadeUser, type Maker, makeUser, type UserOrder } from "../../pipeline/make-user.ts";
import { type GaugeNote, recordedGauges } from "../../pipeline/recorded-gauges.ts";
import { computedModel } from "../../providers/computed.ts";
import { toStored } from "../../providers/decorators/cached.ts";
import { callPacker } from "../../store/packed-calls.ts";
import { type PackedUsers, packUsers } from "./packed-user.ts";

/** What of a configuration decides a user, once there is an order. */
export type MakerConfig = Pick<Config, "pool" | "judge" | "styles"> & {
  readonly models: Pick<Config["models"], Maker>;
};

/** Some users to make. */
export interface UsersJob {
  readonly config: MakerConfig;
  readonly orders: readonly UserOrder[];
}

/** Users that were made, and all that making them has done. */
export interface UsersDone extends PackedUsers {
  /** A call's tag is the place of its role in `MAKERS`. */
  readonly calls: Uint8Array<ArrayBuffer>;
  /** How many answers only stand in for others, by the same places. */
  readonly repeats: readonly number[];
  readonly notes: readonly GaugeNote[];
}

/** Makes users by computed models; asks no store and no server, so that it can work in any thread. */
export type UserMaker = (orders: readonly UserOrder[]) => Promise<UsersDone>;

/** The maker's promises are rejected with whatever making a user throws. @throws ApmError for other models */
export function userMaker(config: MakerConfig): UserMaker {
  const packer = callPacker();
  const repeats = MAKERS.map(() => 0);
  /** Of candidates' calls, by their texts. */
  let keys = new Map<string, Uint8Array>();
  const recorded = (role: Maker): LanguageModel => {
    const model = computedModel(config.models[role]);
    if (model === undefined) throw new ApmError(`the ${role} is no computed model`);
    const keyOf = callKeys(model.identity);
    const tag = MAKERS.indexOf(role);
    return wrapModel(model, async (request) => {
      const result = await model.generate(request);
      const key = keyOf(request);
      packer.add(tag, key, toStored(result));
      if (role === "candidate") keys.set(result.text, key);
      if (request.repeat) repeats[tag]!++;
      return result;
    });
  };
  const models = {
    rewriter: recorded("rewriter"),
    candidate: recorded("candidate"),
    judge: recorded("judge"),
  };
  const gauges = recordedGauges((role) => ({
    model: models[role as Maker],
    settings: config.models[role as Maker],
  }));
  return async (orders) => {
    keys = new Map();
    const made: MadeUser[] = [];
    for (const order of orders) made.push(await makeUser({ config, models }, order, gauges));
    const done = {
      ...packUsers(made, keys),
      calls: packer.take(),
      repeats: [...repeats],
      notes: gauges.take(),
    };
    repeats.fill(0);
    return done;
  };
}
