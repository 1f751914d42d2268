/** Where the tables stand, beside whatever else the database holds. */
export const SCHEMA = "apm_bench";
/** pg-boss's own tables, apart from those of other programs that use it on the same database. */
export const BOSS_SCHEMA = "apm_jobs";
