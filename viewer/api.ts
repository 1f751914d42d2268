import { useEffect, useState } from "preact/hooks";
import type {
  Comparison,
  JudgeOutput,
  Overview,
  RunHead,
  ShownText,
  UserDetail,
  UserPage,
} from "../src/viewer/api-types.ts";

interface Answers {
  runs: RunHead[];
  overview: Overview;
  users: UserPage;
  user: UserDetail;
  text: ShownText;
  judge: JudgeOutput;
  compare: Comparison;
}

/** Asks the page's own server. @throws Error with the server's line */
export async function ask<Name extends keyof Answers>(
  name: Name,
  query: URLSearchParams | string = "",
): Promise<Answers[Name]> {
  const response = await fetch(`api/${name}?${query}`).catch(() => {
    throw new Error("the viewer's server does not answer: was it ended?");
  });
  const body = await response.json().catch(() => ({ error: `status ${response.status}` }));
  if (!response.ok) throw new Error(body.error);
  return body;
}

interface Loaded<T> {
  readonly data: T | null;
  readonly error: string | null;
  readonly isLoading: boolean;
}

/**
 * An answer for as long as it is shown; the former one stays until the next is there, so that nothing flickers.
 * @param again milliseconds after which to ask again, told from the latest answer; `null` for never
 */
export function useAnswer<Name extends keyof Answers>(
  name: Name,
  query: string,
  again: (data: Answers[Name]) => number | null = () => null,
): Loaded<Answers[Name]> {
  const [loaded, setLoaded] = useState<Loaded<Answers[Name]>>({ data: null, error: null, isLoading: true });
  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async (): Promise<void> => {
      try {
        const data = await ask(name, query);
        if (!isCurrent) return;
        setLoaded({ data, error: null, isLoading: false });
        const wait = again(data);
        if (wait !== null) timer = setTimeout(load, wait);
      } catch (error) {
        if (isCurrent)
          setLoaded((before) => ({ ...before, error: (error as Error).message, isLoading: false }));
      }
    };
    setLoaded((before) => ({ ...before, isLoading: true }));
    void load();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [name, query]);
  return loaded;
}
