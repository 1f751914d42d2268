import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

/** A line of a batch's input. */
interface RequestLine {
  readonly custom_id: string;
  readonly method: string;
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
}

interface RunnerOptions {
  /** In which form the lines are written: that of OpenAI's Batch API, or of `vllm run-batch`. */
  readonly form: "openai" | "vllm";
  readonly zipped?: boolean;
  /** What goes wrong with a request, instead of an answer. */
  readonly fails?: (line: RequestLine, index: number) => "expired" | "500" | "cut" | undefined;
}

/**
 * Stands in for what answers batch files: each request is posted to a server, and what it says is written as a line, the last
 * request's first.
 * @param root the server's, without the version that the lines name
 * @returns the requests
 */
export async function runBatch(
  root: string,
  from: string,
  to: string,
  { form, zipped = false, fails = () => undefined }: RunnerOptions,
): Promise<RequestLine[]> {
  const requests = readFileSync(from, "utf8")
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text) as RequestLine);
  const lines = await Promise.all(
    requests.map(async (line, i) => {
      const failure = fails(line, i);
      if (failure === "expired") {
        const error = { code: "batch_expired", message: "This request could not be executed in time." };
        return { id: `batch_req_${i}`, custom_id: line.custom_id, response: null, error };
      }
      const answer = await fetch(`${root}${line.url}`, {
        method: line.method,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(line.body),
      });
      const [status, body] = [failure === "500" ? 500 : answer.status, await answer.json()];
      const whole = { id: `batch_req_${i}`, custom_id: line.custom_id };
      if (form === "openai" || status < 300) {
        return { ...whole, response: { status_code: status, request_id: `r${i}`, body }, error: null };
      }
      return { ...whole, response: { status_code: status, request_id: `r${i}`, body: null }, error: body };
    }),
  );
  const text = lines
    .toReversed()
    .map((line) => JSON.stringify(line))
    .map((line, i) =>
      fails(requests.at(-1 - i) as RequestLine, requests.length - 1 - i) === "cut" ? line.slice(0, 40) : line,
    )
    .join("\n");
  writeFileSync(to, zipped ? gzipSync(text) : text);
  return requests;
}
