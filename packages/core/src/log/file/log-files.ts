import { type FileHandle, open } from 'node:fs/promises';

/** The operations on files that the log depends on, so that tests can make each of them fail. */
export interface LogFiles {
  /** `update` opens for reading and writing; `create` does as well, and empties or makes the file. */
  open(path: string, mode: 'read' | 'update' | 'create'): Promise<LogFile>;
}

/** An open file. Positions and lengths are in bytes. */
export interface LogFile {
  /** Fills the buffer from a position; gives how much there was. */
  read(buffer: Buffer, position: number): Promise<number>;
  /** Writes all of the bytes. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Returns when what was written is on the disk. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

const flags = { read: 'r', update: 'r+', create: 'w+' } as const;

/** The operating system's files. */
export const nodeFiles: LogFiles = {
  async open(path, mode) {
    return nodeFile(await open(path, flags[mode]));
  },
};

function nodeFile(handle: FileHandle): LogFile {
  return {
    async read(buffer, position) {
      let filled = 0;
      while (filled < buffer.length) {
        const rest = buffer.length - filled;
        const { bytesRead } = await handle.read(buffer, filled, rest, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled;
    },
    async write(bytes, position) {
      for (let written = 0; written < bytes.length; ) {
        const rest = bytes.length - written;
        const { bytesWritten } = await handle.write(bytes, written, rest, position + written);
        written += bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
}
