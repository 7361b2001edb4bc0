/** Why JSON is no value of a type, and where in it. */
export class Misfit extends Error {
  readonly #what: string;
  readonly #path: string[] = [];

  constructor(what: string) {
    super(what);
    this.#what = what;
  }

  /** Says that it is inside a field, an item or an entry. */
  inside(name: string | number): this {
    this.#path.unshift(String(name));
    return this;
  }

  get reason(): string {
    const where = this.#path.length === 0 ? 'it' : `field ${this.#path.join('.')}`;
    return `${where} ${this.#what}`;
  }
}

/** Says that JSON is not what was expected. */
export function misfit(json: unknown, expected: string): Misfit {
  return new Misfit(`is ${shown(json)}, not ${expected}`);
}

/** A value for an error: what it is, and itself where that is short. */
export function shown(json: unknown): string {
  if (json === undefined) return 'missing';
  if (json === null) return 'null';
  if (Array.isArray(json)) return 'an array';
  if (typeof json === 'object') return 'an object';
  const text = JSON.stringify(json);
  return `${typeof json} ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}
