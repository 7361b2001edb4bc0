import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';

const reasons = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'its disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENOENT: 'it does not exist',
};

/** What the operating system refused, in a sentence with what to do about it; `undefined` for errors of other kinds. */
export function systemSentence(error) {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const what = error.path ? `cannot use ${error.path}` : `the system refused ${error.syscall}`;
  const why = reasons[error.code] ?? `it answered ${error.code}`;
  const owned = error.path && ownedByOther(error.path);
  const next = owned
    ? `${owned.path} belongs to the user with the id ${owned.uid}, and this one has the id ${process.getuid()}: let that user run it, or remove it`
    : 'mend that, and run this again';
  return `${what}: ${why}; ${next}.`;
}

/** The file, or else the folder that it would be in, when it is somebody else's. */
function ownedByOther(path) {
  for (const each of [path, dirname(path)]) {
    const uid = uidOf(each);
    if (uid !== undefined) return uid === process.getuid?.() ? undefined : { path: each, uid };
  }
  return undefined;
}

function uidOf(path) {
  try {
    return lstatSync(path).uid;
  } catch {
    return undefined; // not there, or not ours to look at: the reason says so
  }
}
