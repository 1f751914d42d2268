import { UsageError } from "../core/errors.ts";

/**
 * A database's address as people may read it: without password and options.
 * @param url `postgres://user:password@host:port/database`
 */
export function shownAddress(url: string): string {
  if (!URL.canParse(url)) return "postgres://?";
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`;
}

/** @throws UsageError for what is no address of a PostgreSQL; the words never hold the address itself */
export function checkAddress(url: string, where: string): void {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return;
  throw new UsageError("this is no address of a PostgreSQL database", {
    where,
    remedy: "write one such as postgres://user@host:5432/apm (docs/cluster.md)",
  });
}
