/** Where Kafka and its registries usually listen. */
export const standardPorts = { broker: 9092, registry: 8081 } as const;
