/** Stands for the end of a process at the step that throws it. */
export class Crash extends Error {}

/** Delays and crashes at steps of a trial. */
export interface Chaos {
  /** Awaited at each step between which another owner could come. */
  readonly step: () => Promise<void>;
  /** Ends it: from now on nothing is delayed and nothing crashes. */
  readonly calm: () => void;
}

/** Shares of the steps that crash, and that take so long that others get far meanwhile. */
export interface ChaosShares {
  readonly crashes: number;
  readonly pauses: number;
}

/** Chaos in an order that the random numbers decide: most steps take a few turns, some very many, some crash. */
export function seededChaos(
  random: () => number,
  { crashes, pauses }: ChaosShares = { crashes: 0.02, pauses: 0.03 },
): Chaos {
  let calm = false;
  return {
    async step() {
      if (calm) return;
      const turns = random() < pauses ? 600 : Math.floor(random() * 6);
      for (let turn = 0; turn < turns; turn++) await null;
      if (random() < crashes && !calm) throw new Crash();
    },
    calm() {
      calm = true;
    },
  };
}
