import type { AvoidWording, Pool } from "../artifacts.ts";
import type { MethodAbout } from "../method-about.ts";
import type { AskedScale, ScoreMapping } from "../rating-scale.ts";
import type { MappingKind } from "./ids.ts";
import type { ModelConfig } from "./model-schema.ts";

/** One method of a run: its id, the name it is shown under, and its own options (checked by the method). */
export interface MethodConfig {
  readonly id: string;
  readonly name?: string;
  readonly [option: string]: unknown;
}

/** The entry of a method that the user has defined: all that a file can hold of it. */
export interface OwnMethodConfig extends MethodConfig {
  readonly object: {
    /** The configuration file that defines it; absent when a program gave it. */
    readonly file?: string;
    readonly version: string;
    readonly about: MethodAbout;
    readonly learns: boolean;
    readonly answers: "styled" | "same" | "anew";
  };
}

/** A frozen set: where it lies, and which one it is. */
export interface BundleConfig {
  readonly source: string;
  readonly id?: string;
  readonly otherJudge?: boolean;
}

/** A configuration with every default filled in; this is what `config.json` holds. */
export interface Config {
  readonly pool: Pool & { readonly name?: string };
  /** m: how many attributes of a user are active. */
  readonly activeAttributes: 1 | 2;
  /** h: how many prompts make the history. */
  readonly historyLength: number;
  readonly users: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    /** Users have writing habits of their own (idiolects), unrelated to the attributes. */
    readonly voices: boolean;
    /** How attributes are drawn; absent in records of earlier versions: balanced. */
    readonly attributes?: "balanced" | "random";
    /** Imported users that take the place of simulated test users. */
    readonly testFile?: string;
  };
  readonly conversations: {
    /** "builtin", files, or a data set of the Hugging Face hub; a pair for train and test users apart. */
    readonly source: string | { readonly train: string; readonly test: string };
    readonly perUser: number;
    /** Longer prompts are left out of sources from outside. */
    readonly maxCharacters: number;
  };
  readonly mapping: {
    readonly kind: MappingKind;
    readonly file?: string;
    /** Of `stacked-permutation`: how many. */
    readonly k?: number;
  };
  /** A frozen set whose users, candidates and ratings are taken. */
  readonly bundle?: BundleConfig;
  /** n: how many principles a user's reward weighs. */
  readonly targets: number;
  /** World seeds. */
  readonly worlds: readonly number[];
  readonly models: {
    readonly base: ModelConfig;
    readonly candidate: ModelConfig;
    readonly rewriter: ModelConfig;
    readonly judge: ModelConfig;
    readonly embedder: ModelConfig;
  };
  readonly methods: readonly MethodConfig[];
  readonly judge: {
    readonly scale: AskedScale;
    /** How answers on 1-100 become scores; absent in records of earlier versions: linearly. */
    readonly mapping?: ScoreMapping;
    /** What the judge is shown; absent in records of earlier versions: the answer alone. */
    readonly sees?: "answer" | "prompt-and-answer";
    /** How often a judge is asked at most before a score counts as missing. */
    readonly retries: number;
    readonly weighted: boolean;
    /** Whether the judge is held to the scale, as its server can; absent in records of earlier versions: it is not. */
    readonly constrain?: "auto" | "off";
    /** What the judge is shown first; absent in records of earlier versions: the property. */
    readonly order?: "text-first" | "property-first";
    /** `all`: every candidate on every principle; `targets`: only on principles that some world weighs for the user. */
    readonly ratings: "all" | "targets";
  };
  /** How style instructions are worded; absent in records of earlier versions: as opposites. */
  readonly styles?: { readonly avoid?: AvoidWording };
  readonly statistics: {
    readonly resamples: number;
    readonly permutations: number;
    /** The smallest difference that matters, in points of reward: what `practically the same` means. */
    readonly margin: number;
  };
  /** Over all that is done in the run directory; with `more`, on top of what was spent there before. */
  readonly budget: { readonly calls?: number; readonly usd?: number; readonly more?: boolean };
  /** Model calls in flight, where a model sets none of its own. */
  readonly concurrency: number;
  /** In what order the work is done; it decides no result. */
  readonly schedule?: "users" | "stages";
  /** Threads that computed models and fits may work in, the run's own included; absent: one a core. */
  readonly threads?: number;
  readonly seed: number;
  readonly out: string;
}

/** Keys that decide how a run is carried out, not what comes out of it. */
export type Conduct = "out" | "concurrency" | "schedule" | "threads" | "budget";
