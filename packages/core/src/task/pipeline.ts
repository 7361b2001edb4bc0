import type { Observable } from 'rxjs';
import type { StreamEvent } from '../contract/event.ts';

/** What a job does with its events: any chain of RxJS operators that work synchronously. */
export type Pipeline<A, B> = (events$: Observable<StreamEvent<A>>) => Observable<B>;
