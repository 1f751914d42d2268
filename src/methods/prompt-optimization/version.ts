/** Raised whenever training changes, so that no adapter of an older version is taken for a new one's. */
export const TRAINING_VERSION = 3;
