import type { Config } from "./resolved.ts";

/** Whether a run goes stage by stage: all rewrites, then all candidates, and so on, instead of user by user. */
export const goesByStages = ({ schedule }: Pick<Config, "schedule">): boolean => schedule === "stages";
