const ending = '.ipv6-literal.net';

/**
 * Names a broker at an IPv6 address, such as `[::1]:9092`, by a host without colons, which kafkajs takes for the
 * beginning of the port. Others keep their names. The form is that of Windows, which has the same trouble.
 */
export function withoutColons(broker: string): string {
  const [, address, port] = /^\[([0-9a-fA-F:]+)\]:(\d+)$/.exec(broker) ?? [];
  return address === undefined ? broker : `${address.replaceAll(':', '-')}${ending}:${port}`;
}

/** The address behind a name that {@link withoutColons} has given; any other host as it is. */
export function addressOf(host: string): string {
  return host.endsWith(ending) ? host.slice(0, -ending.length).replaceAll('-', ':') : host;
}
