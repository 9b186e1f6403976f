import type { FileView } from '@outpost/sdk';
import type { Losses } from './losses.ts';

/** What programs keep in such a file is much smaller; what is larger is not meant to be read. */
const maxBytes = 32 << 20;

/** The content of a JSON file; undefined when it is absent, and, counted, when it cannot be read or is no JSON. */
export function readJson(files: FileView, path: string, losses: Losses): unknown {
  return losses.attempt(path, (): unknown => {
    const content = files.readTextIfPresent(path, { maxBytes });
    // Some programs begin their files with a byte order mark.
    return content === undefined ? undefined : JSON.parse(content.replace(/^\ufeff/, ''));
  });
}
