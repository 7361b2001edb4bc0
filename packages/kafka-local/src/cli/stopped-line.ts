import type { StoppedService } from '../stop-local-kafka.ts';

/** The line that tells what was ended. */
export const stoppedLine = ({ service, pid }: StoppedService) =>
  `stopped the ${service} (process ${pid})\n`;
