import { defineTable, integer, text } from '@outpost/sdk';

const path = '/etc/shells';

/** select * from example_name where path = '/bin/sh' */
export const exampleName = defineTable({
  name: 'example_name',
  description: 'Programs that users may have as their shell.',
  examples: ["select line from example_name where path = '/bin/sh'"],
  columns: {
    path: text('Where the program is', { index: true }),
    line: integer('Which line of the file names it'),
  },
  *generate(context) {
    const lines = (context.files.readTextIfPresent(path) ?? '').split('\n');
    for (const [index, line] of lines.entries()) if (line.startsWith('/')) yield { path: line, line: index + 1 };
  },
});
