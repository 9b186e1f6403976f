/** The part of a path after its last slash; `.` when it ends with one, as for a directory that a pattern found. */
export function filenameOf(path: string): string {
  if (/^\/+$/.test(path)) return '/';
  return path.endsWith('/') ? '.' : path.slice(path.lastIndexOf('/') + 1);
}

/** The part of a path before its last slash, without slashes at its end: `/etc/ssl` of `/etc/ssl/` and of `/etc/ssl//certs`. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  const parent = path.slice(0, Math.max(slash, 0)).replace(/\/+$/, '');
  return parent === '' && slash >= 0 && !/^\/+$/.test(path) ? '/' : parent;
}

/** A path that names a file from the root on. A relative one counts from the agent's own directory. */
export const absolutePath = (path: string): string =>
  path.startsWith('/') ? path : `${process.cwd().replace(/\/$/, '')}/${path}`;
