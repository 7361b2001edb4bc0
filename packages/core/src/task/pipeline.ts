import type { Observable } from 'rxjs';
import type { StreamEvent } from '../contract/event.ts';

/** The function of a job from events to results: any chain of RxJS operators that are synchronous, and `mapAsync`. */
export type Pipeline<A, B> = (events$: Observable<StreamEvent<A>>) => Observable<B>;
