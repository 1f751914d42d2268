import { main } from "./main.ts";
import { nodeSystem } from "../app/node-system.ts";

process.exitCode = await main(process.argv.slice(2), nodeSystem());
