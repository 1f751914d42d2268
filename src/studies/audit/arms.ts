import { isCompared } from "../../methods/about.ts";
import type { ConfiguredMethod } from "../../methods/registry.ts";
import type { Condition, ConditionKind } from "./conditions.ts";
import { PROBES, type Probe } from "./probes.ts";

interface AnyArm {
  readonly id: string;
  /** The method's or probe's name. */
  readonly subject: string;
  /** What the method is given of the history, in words; empty for probes. */
  readonly conditionName: string;
  /** Whether the answers may use the user's own history. */
  readonly readsHistory: boolean;
  /** Whether nothing of a world reaches the answers: they are the same whatever C is, unless something leaks. */
  readonly isMappingFree: boolean;
}

/** A method under a condition. */
export interface MethodArm extends AnyArm {
  readonly kind: ConditionKind;
  readonly method: ConfiguredMethod;
  readonly condition: Condition;
}

/** A way of answering that is told what no method may know. */
export interface ProbeArm extends AnyArm {
  readonly kind: "probe";
  readonly method: null;
  readonly probe: Probe;
}

/** One way of answering all test users. */
export type Arm = MethodArm | ProbeArm;

/**
 * Every method under every condition, then the probes. Methods that look at no history are there once; the baseline is
 * no arm.
 * @param hasStereotype whether there is one to tell
 */
export function armsOf(
  methods: readonly ConfiguredMethod[],
  conditions: readonly Condition[],
  hasStereotype: boolean,
): Arm[] {
  const compared = methods.filter(isCompared);
  return [
    ...compared.flatMap((method): Arm[] => {
      const { readsHistory, instead = "no history is read" } = method.about;
      return conditions
        .filter(({ kind }) => readsHistory || kind === "normal")
        .map((condition) => ({
          id: `${method.name}/${condition.id}`,
          subject: method.name,
          conditionName: readsHistory ? condition.name : instead,
          readsHistory: readsHistory && condition.kind !== "withheld" && condition.kind !== "shuffled",
          isMappingFree: method.implementation.kind !== "oracle" && !method.learns,
          kind: condition.kind,
          method,
          condition,
        }));
    }),
    ...PROBES.filter(({ id }) => hasStereotype || id !== "stereotype").map(
      (probe): Arm => ({
        id: `probe/${probe.id}`,
        subject: probe.name,
        conditionName: "",
        readsHistory: false,
        isMappingFree: !probe.seesMapping,
        kind: "probe",
        method: null,
        probe,
      }),
    ),
  ];
}
