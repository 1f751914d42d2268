import { placesOf } from "../core/config/addresses.ts";
import type { ModelConfig } from "../core/config/model-schema.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { ChatMessage } from "../core/ports/language-model.ts";
import type { System } from "../core/ports/system.ts";
import type { Trainers } from "../core/ports/trainer.ts";
import { type Guards, guardedModel } from "../providers/decorators/guarded.ts";
import { jsonClient } from "../providers/http/json-client.ts";
import { embeddingSource } from "../providers/local/embedding-source.ts";
import { hubOf } from "../providers/local/hub-checkpoint.ts";
import type { Surroundings } from "../providers/provider.ts";
import { providerOf } from "../providers/registry.ts";
import { trainersOf } from "../providers/trainer/open.ts";
import type { Flights } from "./in-flight.ts";
import type { Traffic } from "./traffic.ts";

interface Around {
  readonly system: System;
  readonly clock: Clock;
  readonly around: Surroundings;
  readonly flights: Flights;
  readonly traffic: Traffic;
  /** Calls in flight at a trainer: it answers them in one batch. */
  readonly concurrency: number;
  readonly guards: Guards;
}

/** The way to trainers, for a run with this base LLM: answers of trained models take its place in usage and budget. */
export function trainersFor(
  base: ModelConfig,
  { system, clock, around, flights, traffic, concurrency, guards }: Around,
): Trainers {
  const [first] = placesOf(base);
  return {
    open: trainersOf(system, { transport: around.transport, clock }),
    base: providerOf(first).trainable?.(first, around),
    promptRows: async (checkpoint) => {
      const { rows, tokenizer } = await embeddingSource(checkpoint, around.cwd, hubOf(around));
      return {
        hiddenSize: rows.hiddenSize,
        read: (messages) => rows.read(tokenizer.chat(messages as ChatMessage[])),
      };
    },
    http: jsonClient(around.env, around.transport),
    guard: (model, place) =>
      guardedModel(flights.watch(model, place), "base", {
        ...guards,
        limiter: traffic.toSystem(place, { concurrency }),
        maxTokens: base.maxTokens,
      }),
  };
}
