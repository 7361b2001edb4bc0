export { isStreamEvent, type Position, rowOf, type StreamEvent } from '../contract/event.ts';
export type { Key, KeyPart } from '../contract/key.ts';
export type { Output, OutputRoute } from '../contract/output.ts';
export type { RetryOptions } from '../contract/retry-options.ts';
export type { Call, Caller } from '../operator-kit/calls.ts';
export type { Emitter } from '../operator-kit/emitter.ts';
export { operator, type SourceObserver } from '../operator-kit/operator.ts';
export { output } from '../operator-kit/output.ts';
export { type OperatorCalls, useCalls } from '../operator-kit/use-calls.ts';
export { useCounter } from '../operator-kit/use-counter.ts';
export { useEmitter } from '../operator-kit/use-emitter.ts';
export { useKeyedState } from '../operator-kit/use-keyed-state.ts';
export { useOutput } from '../operator-kit/use-output.ts';
export { useRejection } from '../operator-kit/use-rejection.ts';
export { type SideOutput, useSideOutput } from '../operator-kit/use-side-output.ts';
export { type State, useState } from '../operator-kit/use-state.ts';
export { useWatermark, type Watermark } from '../operator-kit/use-watermark.ts';
export type { KeyedState } from '../state/keyed-state.ts';
export type { StateOptions } from '../state/state-options.ts';
export {
  type Cleaned,
  type CleanOptions,
  type CleanRules,
  clean,
  reject,
} from './clean.ts';
export { type DeduplicateOptions, deduplicate } from './deduplicate.ts';
export { type CallContext, type MapAsyncOptions, mapAsync } from './map-async.ts';
export { type RouteOptions, route } from './route.ts';
export {
  type Aggregate,
  type TumblingWindowOptions,
  tumblingWindow,
  type WindowResult,
} from './tumbling-window.ts';
