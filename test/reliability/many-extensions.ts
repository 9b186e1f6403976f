// A process that serves many extensions of ten tables each. argv: how many, then the flags of an extension.
import { defineTable, integer, serve, text } from '@outpost/sdk';

const [count = '1', ...argv] = process.argv.slice(2);

const table = (extension: number, number: number) =>
  defineTable({
    name: `many_${extension}_${number}`,
    description: 'One row that says where it comes from.',
    columns: { extension: integer('Number of the extension'), name: text('Name of the table') },
    generate: () => [{ extension, name: `many_${extension}_${number}` }],
  });

await Promise.all(
  Array.from({ length: Number(count) }, (_, extension) =>
    serve(
      Array.from({ length: 10 }, (_, number) => table(extension, number)),
      { name: `many_${extension}`, argv },
    ),
  ),
);
