import { it } from "vitest";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { expectSimpoReproduced } from "../support/reproduced-simpo.ts";

const folder = temporaryFolder();

it("trains the paper's two cells of prompt optimization in the process, by SimPO and by DPO, once", async () => {
  await expectSimpoReproduced(folder);
}, 1_200_000);
