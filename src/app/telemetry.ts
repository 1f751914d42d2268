import { UsageError } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";
import type { Telemetry } from "../core/ports/telemetry.ts";

/** What spans may hold: no texts, or prompts and answers too. */
const TELEMETRY = ["spans", "content"] as const;
/** The variable that asks for spans; `--otel` sets it for one command. */
const TELEMETRY_VARIABLE = "APM_OTEL";

const PACKAGES =
  "@opentelemetry/api @opentelemetry/sdk-trace @opentelemetry/resources @opentelemetry/exporter-trace-otlp-http";

/**
 * Telemetry as the environment asks for it; `undefined` without it, and nothing is loaded.
 * @throws UsageError for another word, an address that is none, or packages that are not installed
 */
export async function telemetryOf({
  env,
  stderr,
}: Pick<System, "env" | "stderr">): Promise<Telemetry | undefined> {
  const wanted = env[TELEMETRY_VARIABLE];
  if (wanted === undefined || wanted === "" || env.OTEL_SDK_DISABLED === "true") return undefined;
  if (!(TELEMETRY as readonly string[]).includes(wanted)) {
    throw new UsageError(`"${wanted}" is no kind of telemetry`, {
      where: `--otel, ${TELEMETRY_VARIABLE}`,
      remedy: `use one of: ${TELEMETRY.join(", ")}`,
    });
  }
  const url = addressOf(env);
  try {
    const { openTelemetry } = await import("../telemetry/opentelemetry.ts");
    const say = (words: string): void => stderr(`${words}\n`);
    return openTelemetry({
      content: wanted === "content",
      url,
      service: env.OTEL_SERVICE_NAME ?? "apm-bench",
      say,
    });
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new UsageError("the packages that send spans are not installed", {
      where: `--otel, ${TELEMETRY_VARIABLE}`,
      remedy: `install them beside apm-bench: npm install ${PACKAGES}`,
      cause,
    });
  }
}

/** Where traces go, by the usual variables. */
function addressOf(env: System["env"]): string {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces, OTEL_EXPORTER_OTLP_ENDPOINT: base } = env;
  const url = traces ?? `${(base ?? "http://localhost:4318").replace(/\/+$/, "")}/v1/traces`;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new UsageError("this is no address of a collector", {
    where: traces === undefined ? "OTEL_EXPORTER_OTLP_ENDPOINT" : "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    remedy: "write one such as http://localhost:4318",
  });
}
