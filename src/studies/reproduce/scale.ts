import type { UserConfig } from "../../core/config/schema.ts";

/** Fewer say nothing: a classifier needs some of each label, a mean over users a few of them. */
const FEWEST = { train: 8, validation: 4, test: 8 } as const;
const FEWEST_WORLDS = 2;

type Users = NonNullable<UserConfig["users"]>;

/** Numbers of users times `scale`, down to the fewest that mean anything; nobody gets more than there were. */
export function scaledUsers(users: Users, scale: number): Users {
  const scaled = (split: keyof typeof FEWEST): { [split: string]: number } => {
    const before = users[split];
    if (before === undefined) return {};
    return { [split]: Math.min(before, Math.max(FEWEST[split], Math.round(scale * before))) };
  };
  return { ...users, ...scaled("train"), ...scaled("validation"), ...scaled("test") };
}

/** Worlds shrink by the root of the scale: they are few already, and the interval over worlds needs two. */
export function scaledWorlds(worlds: number, scale: number): number {
  return Math.min(worlds, Math.max(FEWEST_WORLDS, Math.ceil(worlds * Math.sqrt(scale))));
}
