/** What the system's codes mean for whoever named the file, the folder or the address. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EBUSY: 'it is in use',
  EDQUOT: 'the quota of the disk is used up',
  EEXIST: 'something else is there',
  EFBIG: 'it would be larger than files may be',
  EINVAL: 'it is of a kind that cannot be used so',
  EIO: 'the disk failed',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENFILE: 'too many files are open',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is no folder',
  ENOTEMPTY: 'it is not empty',
  EPERM: 'permission is denied',
  EROFS: 'its disk is read-only',
  ETXTBSY: 'it is in use',
};

/**
 * Tells in words why the operating system refused something; undefined where an error is not one of
 * the system's.
 *
 * @example
 * `cannot read ${path}: ${systemReason(cause) ?? 'it is damaged'}`;
 */
export function systemReason(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('syscall' in cause)) return undefined;
  const code = String((cause as NodeJS.ErrnoException).code);
  return Object.hasOwn(reasons, code) ? reasons[code] : `the system answered ${code}`;
}
