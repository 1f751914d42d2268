import { type CrossedCells, infer } from "./crossed.ts";
import { TIE_TOLERANCE } from "./differences.ts";
import { logWinLossRatio } from "./linearised.ts";

/**
 * 95 % interval of wins / losses. A bound is `null` where there is none: without losses the ratio has no upper bound,
 * without wins its logarithm has no lower one.
 */
export type WinLossInterval = readonly [number | null, number | null];

/**
 * exp(log(W/L) ± t SE) by the crossed t. Without wins or without losses nothing is linear, and the one finite bound is
 * that of Clopper and Pearson (1934, Biometrika 26) for the share of wins, counted a user: a user stands for the majority
 * of their decided pairs, so that pairs of one user are not taken as independent. With n users all on one side the share
 * of that side is at least 0.025^(1/n).
 * @returns `null` without any decided pair, or where one user alone has both wins and losses
 */
export function winLossInterval(differences: CrossedCells): WinLossInterval | null {
  const logRatio = logWinLossRatio(differences);
  if (logRatio !== null) {
    const log = infer(logRatio);
    return log && [Math.exp(log.ci95[0]), Math.exp(log.ci95[1])];
  }
  const { wins, losses } = usersDecided(differences);
  if (wins === 0 && losses === 0) return null;
  const share = 0.025 ** (1 / (wins + losses));
  const odds = share / (1 - share);
  return wins > 0 ? [odds, null] : [null, 1 / odds];
}

/** Users by the side that has most of their decided pairs; who has as many of both counts for neither. */
function usersDecided({ users, worlds, values }: CrossedCells): { wins: number; losses: number } {
  let [wins, losses] = [0, 0];
  for (let user = 0; user < users; user++) {
    let balance = 0;
    for (const d of values.subarray(user * worlds, (user + 1) * worlds)) {
      if (d > TIE_TOLERANCE) balance++;
      else if (d < -TIE_TOLERANCE) balance--;
    }
    if (balance > 0) wins++;
    else if (balance < 0) losses++;
  }
  return { wins, losses };
}
