/** Which partition, and the folder of its files. */
export interface PartitionPlace {
  readonly topic: string;
  readonly partition: number;
  readonly dir: string;
}
