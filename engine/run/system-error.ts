/** Errors of the computer's own system, in words for whoever named the file. */

const REASONS: Record<string, string> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EROFS: 'read-only file system',
  ENOSPC: 'no space left on device',
  EMFILE: 'too many open files',
};

export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error && 'path' in error;

/** 'dd.trace: no such file or directory'. */
export const describeSystemError = (error: NodeJS.ErrnoException): string =>
  `${error.path}: ${REASONS[error.code ?? ''] ?? error.message}`;
