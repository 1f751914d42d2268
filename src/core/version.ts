import packageJson from "../../package.json" with { type: "json" };

/** The version of this package, as every record states it. */
export const VERSION: string = packageJson.version;
