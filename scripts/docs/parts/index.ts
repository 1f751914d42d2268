import type { Part } from "../part.ts";
import { defaultPart } from "./default.ts";
import { explainPart } from "./explain.ts";
import { mappingPart } from "./mapping.ts";
import { paperPart } from "./paper.ts";
import { judgePart, picturesPart, realDataPart } from "./pictures.ts";
import { rejudgePart } from "./rejudge.ts";
import { auditPart, biasPart, robustnessPart } from "./studies.ts";
import { sweepPart } from "./sweep.ts";

/** All parts, in the order in which they are made. */
export const PARTS = {
  mapping: mappingPart,
  paper: paperPart,
  default: defaultPart,
  audit: auditPart,
  explain: explainPart,
  rejudge: rejudgePart,
  robustness: robustnessPart,
  bias: biasPart,
  sweep: sweepPart,
  pictures: picturesPart,
  "simulated-judge": judgePart,
  "real-data": realDataPart,
} as const satisfies Readonly<Record<string, Part>>;
