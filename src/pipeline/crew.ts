import type { FitAhead } from "./fit-order.ts";
import type { StageGauges } from "./gauges.ts";
import type { MadeUser, UserOrder } from "./make-user.ts";

/** What a crew works with on behalf of one stage. */
export interface CrewStage {
  /** Makes a user here: by the run's own models, which know what is stored. */
  make(order: UserOrder): Promise<MadeUser>;
  /** Told how each ask ended. */
  readonly gauges: StageGauges;
  /** Told of each user, in whatever order they are made. */
  told(user: MadeUser): void;
}

/**
 * Threads that work beside the run's own. Whatever their number, users are the same, and so is what is stored and counted:
 * models that a crew asks are computed from their settings and the request alone.
 */
export interface Crew {
  /**
   * Makes users.
   * @param count how many orders there are
   * @returns the users in the order of their orders
   * @throws whatever making a user throws; ApmError when a thread breaks down
   */
  makeUsers(orders: Iterable<UserOrder>, count: number, stage: CrewStage): Promise<MadeUser[]>;
  /**
   * Begins fits, in this order, one a thread, and goes on with them once the first is asked for; where it is not worth while,
   * none.
   */
  fitAhead(fits: readonly FitAhead[]): void;
  /**
   * Resolves once what a method's fit in a world will look for is there, or the fit was not begun: then it is not begun any
   * more. @throws ApmError when a thread breaks down
   */
  fitted(method: string, world: number): Promise<void>;
}
