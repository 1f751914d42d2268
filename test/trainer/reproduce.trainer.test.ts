import { join } from "node:path";
import { afterAll, beforeAll, it } from "vitest";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { expectSimpoReproduced } from "../support/reproduced-simpo.ts";
import { type RealTrainer, startRealTrainer } from "./real-trainer.ts";

const folder = temporaryFolder();
const TINY = join(import.meta.dirname, "..", "..", "models", "tiny");
let server: RealTrainer;

beforeAll(async () => {
  server = await startRealTrainer(join(folder, "work"), [TINY]);
});
afterAll(() => server.stop());

it("trains the paper's two cells of prompt optimization at a trainer, by SimPO and by DPO, once", async () => {
  await expectSimpoReproduced(folder, server.url);
}, 1_200_000);
