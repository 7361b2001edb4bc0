const frozen = new WeakSet<object>();

/**
 * Freezes plain data with all that it holds, in place. Maps, sets and dates call `refuse` in place of what
 * would change them.
 *
 * @returns whether all of it is frozen: the bytes of typed arrays cannot be.
 */
export function freezeDeep(value: unknown, refuse: () => never): boolean {
  if (typeof value !== 'object' || value === null || frozen.has(value)) return true;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return false;
  frozen.add(value);
  const held: unknown[] = [];
  if (value instanceof Map) held.push(...value.keys(), ...value.values());
  else if (value instanceof Set) held.push(...value);
  for (const property of Object.values(Object.getOwnPropertyDescriptors(value)))
    held.push(property.value);
  for (const name of changingMethods(value)) Object.defineProperty(value, name, { value: refuse });
  Object.freeze(value);
  const whole = held.map((each) => freezeDeep(each, refuse)).every(Boolean);
  if (!whole) frozen.delete(value);
  return whole;
}

/** The methods by which a built-in changes what freezing does not reach. */
function changingMethods(value: object): readonly string[] {
  if (value instanceof Map) return ['set', 'delete', 'clear'];
  if (value instanceof Set) return ['add', 'delete', 'clear'];
  if (value instanceof Date)
    return Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith('set'));
  return [];
}
