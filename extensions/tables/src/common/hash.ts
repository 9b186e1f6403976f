import { defineTable, type FileView, readMax, text } from '@outpost/sdk';
import { algorithms, type Digests, digestsOf } from '../lib/digests.ts';
import { Losses } from '../lib/losses.ts';
import { namespaceColumns, placesOf } from '../lib/namespace.ts';
import { selectedPaths } from '../lib/path-constraints.ts';
import { absolutePath } from '../lib/paths.ts';

/**
 * The third table to read: it cannot do without a constraint, since nobody wants the digest of every file of the machine.
 */
export const hash = defineTable({
  name: 'hash',
  description: 'MD5, SHA-1 and SHA-256 of given files.',
  platforms: ['linux', 'macos', 'windows'],
  examples: [
    "select sha256 from hash where path = '/bin/ls'",
    "select path, md5 from hash where directory = '/etc/cron.d'",
    'select p.name, h.sha256 from processes p join hash h using (path)',
  ],
  columns: {
    // `required`: a query that constrains none of the required columns fails, with a message that says so.
    // `optimized`: the values of `path in (…)` come in one call, not in one call each.
    path: text('Path, or a LIKE or GLOB pattern of paths', { index: true, required: true, optimized: true }),
    directory: text('Its directory, or a LIKE or GLOB pattern of directories', { required: true, optimized: true }),
    // `nocase`: `where md5 = 'D41D8…'` finds the row although digests come in lower case.
    md5: text('MD5 of the content, empty for a file of more than 50 MiB', { collate: 'nocase' }),
    sha1: text('SHA-1 of the content, empty for a file of more than 50 MiB', { collate: 'nocase' }),
    sha256: text('SHA-256 of the content, empty for a file of more than 50 MiB', { collate: 'nocase' }),
    ...namespaceColumns,
  },
  *generate(context) {
    // `used` says which columns the query reads: SHA-256 alone is four times faster than all three.
    const wanted = algorithms.filter(name => context.used(name));
    // What goes wrong with one file is counted and said at the end; the others still get their rows.
    const losses = new Losses('cannot be hashed');
    const digestsAt = (files: FileView, path: string): Digests | undefined =>
      losses.attempt(path, () => {
        const found = files.stat(path);
        if (found?.isFile() !== true) return undefined;
        if (found.size > readMax) losses.add(path, `larger than ${readMax} bytes`);
        return digestsOf(files, path, found, wanted);
      });
    for (const { files, pid, namespaceId } of placesOf(context))
      for (const { path, directory } of selectedPaths(context, files)) {
        // Set when nobody waits for the rows any more. A loop that can take long looks at it.
        if (context.aborted) return;
        if (path === '' || path.endsWith('/')) continue;
        const digests = digestsAt(files, absolutePath(path));
        if (digests === undefined) continue;
        const { md5 = '', sha1 = '', sha256 = '' } = digests;
        // The row gives back the path as the query wrote it, or SQLite's own check would drop the row.
        yield { path, directory, md5, sha1, sha256, pid_with_namespace: pid, mount_namespace_id: namespaceId };
      }
    losses.report(context);
  },
});
