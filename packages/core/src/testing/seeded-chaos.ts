/** Stands for the end of a process at the step that throws it. */
export class Crash extends Error {}

/** Delays and crashes at steps of a trial. */
export interface Chaos {
  /** Awaited at each step between which another owner could come. */
  readonly step: () => Promise<void>;
  /** Ends it: from now on nothing is delayed and nothing crashes. */
  readonly calm: () => void;
}

/** Chaos in an order that the random numbers decide: most steps take a few turns, some very many, some crash. */
export function seededChaos(random: () => number, crashes = 0.02): Chaos {
  let calm = false;
  return {
    async step() {
      if (calm) return;
      const turns = random() < 0.03 ? 600 : Math.floor(random() * 6);
      for (let turn = 0; turn < turns; turn++) await null;
      if (random() < crashes && !calm) throw new Crash();
    },
    calm() {
      calm = true;
    },
  };
}
