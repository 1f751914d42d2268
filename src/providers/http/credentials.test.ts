import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { credentialsOf } from "./credentials.ts";

const env = {
  KEY: "sk-0123456789abcdef",
  AZURE_KEY: " azure-secret-value\n",
  LOGIN: "ann:correct horse battery",
  PARAMETER: "a&b=c/ä-secret".replace("ä", "ae"),
  SHORT: "EMPTY",
  BROKEN: "with a\nline break inside",
  NO_PAIR: "only-a-password",
};
const of = (names: Parameters<typeof credentialsOf>[0]) => credentialsOf(names, env, "models.base");

describe("credentials", () => {
  it("become headers and parameters", () => {
    expect(of({})).toMatchObject({ headers: {}, query: "" });
    expect(of({ apiKeyEnv: "KEY" }).headers).toEqual({ authorization: `Bearer ${env.KEY}` });
    expect(of({ headersEnv: { "Api-Key": "AZURE_KEY" } }).headers).toEqual({
      "api-key": "azure-secret-value",
    });
    expect(of({ basicAuthEnv: "LOGIN" }).headers).toEqual({
      authorization: `Basic ${Buffer.from(env.LOGIN).toString("base64")}`,
    });
    const { query } = of({ queryEnv: { key: "PARAMETER", "x y": "KEY" } });
    expect([...new URLSearchParams(query)]).toEqual([
      ["key", env.PARAMETER],
      ["x y", env.KEY],
    ]);
  });

  it.each([
    [{ apiKeyEnv: "NONE" }, "NONE"],
    [{ headersEnv: { a: "NONE" } }, "NONE"],
    [{ queryEnv: { a: "BROKEN" } }, "BROKEN"],
    [{ basicAuthEnv: "NO_PAIR" }, "NO_PAIR"],
  ])("that cannot be used are named by their variable: %j", (names, variable) => {
    try {
      of(names);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      const { message, remedy } = error as UsageError;
      expect(message).toContain(variable);
      expect(`${message}${remedy}`).not.toMatch(/line break inside|only-a-password/);
    }
  });

  it("are taken out of texts in every form in which they may come back", () => {
    const { redact } = of({ apiKeyEnv: "KEY", basicAuthEnv: "LOGIN", queryEnv: { key: "PARAMETER" } });
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    for (const text of [
      `Bearer ${env.KEY} is wrong`,
      `the password is correct horse battery`,
      `https://host/?key=${encodeURIComponent(env.PARAMETER)}`,
      `authorization: Basic ${base64(env.LOGIN)}`,
      `{"seen": "${base64(`Bearer ${env.KEY}`)}"}`,
      Buffer.from(`x ${env.KEY}`).toString("base64url"),
    ]) {
      expect(redact(text)).toContain("[key]");
      expect(Buffer.from(redact(text), "base64").toString()).not.toMatch(/0123456789abcdef|horse/);
      expect(redact(text)).not.toMatch(/0123456789abcdef|horse battery|ae-secret/);
    }
  });

  it("are taken out of base64 wherever they stand in it", () => {
    const { redactAnswer } = of({ apiKeyEnv: "KEY" });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (before, after) => {
        const seen = Buffer.concat([before, Buffer.from(env.KEY), after]);
        for (const form of ["base64", "base64url"] as const) {
          const left = redactAnswer(seen.toString(form));
          expect(Buffer.from(left.replace("[key]", ""), form).includes(env.KEY.slice(3))).toBe(false);
          expect(left).toContain("[key]");
        }
      }),
    );
  });

  it("that are placeholders tear no words apart", () => {
    const { redact, redactAnswer } = credentialsOf(
      { apiKeyEnv: "A", headersEnv: { b: "B" } },
      { A: "EMPTY", B: "ollama" },
      "",
    );
    expect(redact("EMPTY set")).toBe("EMPTY set");
    expect(redactAnswer("use ollama")).toBe("use ollama");
    expect(redact("ollama refused")).toBe("[key] refused");
  });
});
