import type { FileView } from '@outpost/sdk';
import { Losses } from './losses.ts';
import { type LoginRecord, parseLogins } from './utmp.ts';

/** The records of the login file at `path`; none, and a warning, where it cannot be read. */
export function* loginsIn(
  context: { files: FileView; warn(message: string): void },
  path: string,
): Iterable<LoginRecord> {
  const losses = new Losses('cannot be read');
  const { files } = context;
  const content = losses.attempt(path, () => (files.exists(path) ? files.readFile(path) : undefined));
  losses.report(context);
  if (content !== undefined) yield* parseLogins(content);
}
