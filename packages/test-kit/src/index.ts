export {
  type BundleOptions,
  bundleWorker,
  type StartedWorker,
  type Worker,
} from './bundle-worker.ts';
export { acceptedValues, type HostileValue, hostileValues } from './hostile-values.ts';
export { isStopped, whyUnseen } from './is-stopped.ts';
export { askJava, type JavaProgram, missingForJava } from './java-program.ts';
export { killAtEach } from './kill-at-each.ts';
export { findPython, type Python, pythonVenv } from './python-venv.ts';
export { type SmallDisk, smallDisk, whyNoSmallDisk } from './small-disk.ts';
export { type Ended, type Running, type StartOptions, startProcess } from './start-process.ts';
export { temporaryFolder } from './temporary-folder.ts';
