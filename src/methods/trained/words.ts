import type { TrainerProgress } from "../../core/ports/trainer.ts";

/** So often a line at most, while nothing but numbers changes. */
const EVERY_MS = 5_000;

/**
 * Tells a training's progress in lines: what it is at, each epoch's measures, and steps now and then.
 * @param what names the training
 */
export function followed(what: string, note: (message: string) => void): (progress: TrainerProgress) => void {
  let last = "";
  let said = "";
  let lastAt = 0;
  let epochs = -1;
  return (progress) => {
    for (const { epoch, loss, accuracy } of progress.validation ?? []) {
      if (epoch <= epochs) continue;
      epochs = epoch;
      const when = epoch === 0 ? "untrained" : `epoch ${epoch}`;
      note(
        `${what}: ${when} · validation loss ${loss.toFixed(4)}, accuracy ${(100 * accuracy).toFixed(1)} %`,
      );
    }
    const phase =
      progress.state === "running" ? (progress.phase ?? "running") : (progress.phase ?? progress.state);
    const now = performance.now();
    if (progress.state === "done" || (phase === last && now - lastAt < EVERY_MS)) return;
    last = phase;
    lastAt = now;
    const line = [`${what}: ${phase}`, ...numbersOf(progress)].join(" · ");
    // Said once: the numbers stand still while something else is done.
    if (line !== said) note(line);
    said = line;
  };
}

function numbersOf({
  step,
  steps,
  epoch,
  tokensPerSecond,
  secondsLeft,
  trainLoss,
  peakBytes,
}: TrainerProgress): string[] {
  return [
    ...(step && steps ? [`step ${step}/${steps}${epoch === undefined ? "" : ` (epoch ${epoch})`}`] : []),
    ...(tokensPerSecond === undefined
      ? []
      : [`${Math.round(tokensPerSecond).toLocaleString("en")} tokens/s`]),
    ...(secondsLeft === undefined ? [] : [`about ${Math.ceil(secondsLeft)} s left`]),
    ...(trainLoss === undefined ? [] : [`loss ${trainLoss.toFixed(3)}`]),
    ...(peakBytes === undefined ? [] : [`${(peakBytes / 2 ** 30).toFixed(1)} GiB at most`]),
  ];
}
