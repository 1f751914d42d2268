import type { MethodRole } from "./config/ids.ts";

/** What people and reports need to know of a method, whoever made it. */
export interface MethodAbout {
  readonly id: string;
  /** Shown in tables. */
  readonly title: string;
  /** One sentence on what it does. */
  readonly summary: string;
  readonly role: MethodRole;
  readonly readsHistory: boolean;
  /** Of a method that reads no history: what decides its answers instead. */
  readonly instead?: string;
  /** `#rrggbb`, 3:1 or more both on white and on the dark background; a spare one is given where there is none. */
  readonly colour?: string;
}

/** What is said of a method, and nothing besides; what is not said is left out. */
export function aboutOnly(method: MethodAbout): MethodAbout {
  const { id, title, summary, role, readsHistory, instead, colour } = method;
  return {
    ...{ id, title, summary, role, readsHistory },
    ...(instead === undefined ? {} : { instead }),
    ...(colour === undefined ? {} : { colour }),
  };
}
