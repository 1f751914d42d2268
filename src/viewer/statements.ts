import type { DatabaseSync, StatementSync } from "node:sqlite";

const kept = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/**
 * A statement of this text, prepared once a database: one for each request would hold SQLite's memory until a garbage
 * collection that has no reason to come.
 */
export function prepared(db: DatabaseSync, sql: string): StatementSync {
  let statements = kept.get(db);
  if (statements === undefined) {
    statements = new Map();
    kept.set(db, statements);
  }
  const statement = statements.get(sql) ?? db.prepare(sql);
  statements.set(sql, statement);
  return statement;
}
