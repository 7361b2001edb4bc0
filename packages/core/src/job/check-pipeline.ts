import { type PipelineDescription, readPipeline } from '../adapter/pipeline-description.ts';
import { StateMismatchError } from '../contract/errors.ts';

const startOver = 'give the job a new name, under which it starts over';

/**
 * Checks that a job may go on from a checkpoint: that its rows go where they went, and that it has the states
 * that were saved. Gives what the checkpoint says.
 *
 * @throws StateMismatchError that names what has changed.
 */
export function checkPipeline(
  job: string,
  text: string,
  now: PipelineDescription,
): PipelineDescription {
  const saved = readPipeline(text);
  if (!saved)
    throw new StateMismatchError(
      `the checkpoint of job ${job} was written by another release, which this one cannot read: run that one, or ${startOver}`,
    );
  checkPlace(job, 'its rows', saved.into, now.into);
  for (const [output, place] of Object.entries(now.outputs))
    if (Object.hasOwn(saved.outputs, output))
      checkPlace(job, `its output ${output}`, saved.outputs[output] ?? null, place);
  const [before, present] = [saved, now].map(({ states }) => Object.keys(states).join(', '));
  if (before !== present)
    throw new StateMismatchError(
      `job ${job} was saved with the states [${before}], and now has [${present}]: go back to that pipeline, or ${startOver}`,
    );
  if (present !== '' && saved.partitions !== now.partitions)
    throw new StateMismatchError(
      `job ${job} has state of ${saved.partitions} partitions, and now reads ${now.partitions}, among which its keys are shared out anew: ${startOver}`,
    );
  return saved;
}

function checkPlace(job: string, what: string, saved: string | null, now: string | null): void {
  if (saved === now) return;
  const name = (place: string | null) => place ?? 'the elements kept as JSON';
  throw new StateMismatchError(
    `job ${job} put ${what} into ${name(saved)} before, and now into ${name(now)}, which would stay without what is done already: go back to ${name(saved)}, or ${startOver}`,
  );
}
