import { join } from "node:path";
import { guardedEmbedder } from "../../src/providers/decorators/embedding.ts";
import { httpTransport } from "../../src/providers/http/transport.ts";
import { createLocalProvider } from "../../src/providers/local/provider.ts";
import { createOpenAIEmbedder } from "../../src/providers/openai/embeddings.ts";
import { createSimEmbedder } from "../../src/providers/sim/embedder.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { writeRandomCheckpoint } from "../support/random-checkpoint.ts";
import { embeddingModelContract } from "./embedding-model-contract.ts";
import { faultServer } from "./fault-server.ts";
import { serverGuards } from "./server-guards.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const cwd = temporaryFolder();
writeRandomCheckpoint(join(cwd, "random"));
embeddingModelContract("sim", async () => ({ model: createSimEmbedder() }));
embeddingModelContract("openai", async () => {
  const server = await faultServer({
    model: createSimModel(),
    fault: (n) => (n % 2 === 0 ? "500" : undefined),
  });
  const provider = createOpenAIEmbedder(
    { model: "sim", baseUrl: server.baseUrl, timeoutSeconds: 5 },
    { env: {}, transport: httpTransport({}) },
  );
  return { model: guardedEmbedder(provider, serverGuards(4)), close: () => server.close() };
});
for (const threads of [0, 2]) {
  embeddingModelContract(`local, ${threads} threads`, async () => {
    const { embedder, close } = createLocalProvider(cwd);
    return {
      model: guardedEmbedder(embedder({ model: "random", options: { threads } }), serverGuards(4)),
      close,
    };
  });
}
