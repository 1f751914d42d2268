import type { Method, Oracle } from "../../src/methods/method.ts";
import type { ConfiguredMethod } from "../../src/methods/registry.ts";

/** A method of a test's own, which chooses styles. */
export function testMethod(name: string, learns: boolean, implementation: Method | Oracle): ConfiguredMethod {
  return {
    id: name,
    name,
    about: { id: name, title: name, summary: "of a test", role: "method", readsHistory: true },
    role: "method",
    own: false,
    learns,
    tunes: undefined,
    answers: "styled",
    calls: () => [],
    implementation,
  };
}
