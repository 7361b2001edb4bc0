export { onlyPartition } from './only-partition.ts';
export { Play, plays } from './play.ts';
export { LOGGED_AT, playsLog, publishPlays } from './plays-log.ts';
export { PlayBySong, SongPlay, windowsBySong } from './song-play.ts';
export { Sum } from './sum.ts';
export { SUMS, sumsLines, sumsPlays, undisturbedSums } from './sums-job.ts';
export { type Result, troubledPipeline, troubledPlays } from './troubled-plays.ts';
