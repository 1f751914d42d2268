/**
 * Writes docs/configuration.md and the JSON Schema of the package from the schema of the configuration.
 *
 *   npm run docs:config
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { configPage } from "./config-page.ts";
import { publishedSchema, SCHEMA_FILE } from "./config-schema.ts";

const root = join(import.meta.dirname, "..");
mkdirSync(dirname(join(root, SCHEMA_FILE)), { recursive: true });
writeFileSync(join(root, SCHEMA_FILE), `${JSON.stringify(publishedSchema(), null, 2)}\n`);
writeFileSync(join(root, "docs/configuration.md"), configPage());
