import { countingJobName } from '../jobs.ts';
import { topicNames } from '../log-topics.ts';

/** The names of the jobs that any number of processes share. */
export const sharedJobs = [...topicNames.map((topic) => `clean ${topic}`), countingJobName];
