/** A song that listeners play. */
export interface Song {
  readonly trackId: string;
  readonly artistId: string;
  readonly artist: string;
  readonly title: string;
  /** Seconds. */
  readonly duration: number;
  /** How often it is played beside the others. */
  readonly weight: number;
  readonly album: string | null;
  readonly year: number | null;
}

export interface FirstName {
  readonly name: string;
  /** M or F. */
  readonly gender: string;
  readonly weight: number;
}

export interface LastName {
  readonly name: string;
  readonly weight: number;
}

/** Where listeners live; the weight is its population. */
export interface Place {
  readonly zip: string;
  readonly city: string;
  /** Two-letter code. */
  readonly state: string;
  /** Degrees north. */
  readonly lat: number;
  /** Degrees east. */
  readonly lon: number;
  readonly weight: number;
}

export interface UserAgent {
  readonly name: string;
  readonly weight: number;
}

/** What is played, and who by: everything that is drawn by weight. */
export interface Catalogue {
  readonly songs: readonly Song[];
  readonly firstNames: readonly FirstName[];
  readonly lastNames: readonly LastName[];
  readonly places: readonly Place[];
  readonly userAgents: readonly UserAgent[];
  /**
   * Track ids of similar songs, by track id. The song after one that is here is drawn from them, by
   * weight. Default: none, and every song is drawn from all.
   */
  readonly similar?: ReadonlyMap<string, readonly string[]>;
}
