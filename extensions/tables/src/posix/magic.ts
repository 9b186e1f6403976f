import { defineTable, text } from '@outpost/sdk';
import { Magic } from '../lib/sys/magic.ts';

const defaultDatabases = ['/usr/share/file/magic.mgc', '/usr/share/misc/magic.mgc'];

/** What the contents of files are. */
export const magic = defineTable({
  name: 'magic',
  description: 'libmagic description and MIME type of given files.',
  platforms: ['linux', 'macos'],
  examples: [
    "select path, data, mime_type from magic where path = '/bin/sh'",
    "select file.path, mime_type from file join magic using (path) where directory = '/usr/share/misc'",
  ],
  columns: {
    path: text('The file', { required: true, index: true }),
    magic_db_files: text('Databases of libmagic, separated by colons, unless the query names others', {
      additional: true,
    }),
    data: text('What the content is'),
    mime_type: text('MIME type of the content'),
    mime_encoding: text('MIME encoding of the content'),
  },
  *generate(context) {
    const paths = context.equals('path')?.filter(path => path.startsWith('/')) ?? [];
    if (paths.length === 0) return;
    const databases = (context.equals('magic_db_files') ?? defaultDatabases).join(':');
    try {
      using library = new Magic(databases);
      for (const path of paths) {
        if (context.aborted) return;
        const { data, mimeType, mimeEncoding } = library.nature(context.files, path);
        yield { path, magic_db_files: databases, data, mime_type: mimeType, mime_encoding: mimeEncoding };
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      context.warn(`The table magic has no rows without libmagic (package libmagic1 or file-libs): ${reason}`);
    }
  },
});
