/** What a launcher runs. */
export type LocalService = 'broker' | 'registry';
