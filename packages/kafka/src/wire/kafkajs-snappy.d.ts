declare module 'kafkajs-snappy' {
  const codec: () => never;
  export = codec;
}
