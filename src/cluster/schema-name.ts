/** Where the tables stand, beside whatever else the database holds. */
export const SCHEMA = "apm_bench";
