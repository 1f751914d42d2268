import { it } from "vitest";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { expectImportedRun } from "../support/imported-run.ts";
import { paperUsers } from "../support/paper-users.ts";

const folder = temporaryFolder();

it("users in the paper's form are the test users of a run", () =>
  expectImportedRun(folder, paperUsers(8, 5)));
