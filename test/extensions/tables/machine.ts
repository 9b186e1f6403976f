import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Constraint, type FileView, fileView, type TableDefinition, tableContext } from '@outpost/sdk';

/** What lies at a path of a made-up machine: content, a link, or a directory where empty. */
export type Content = string | Buffer | { readonly link: string } | { readonly directory: true };

/** Makes a directory with the given files, which is removed after the test. */
export function directoryWith(t: TestContext, files: Readonly<Record<string, Content>>): string {
  const root = mkdtempSync(join(tmpdir(), 'outpost-tables-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const place = join(root, path);
    mkdirSync(dirname(place), { recursive: true });
    if (typeof content === 'string' || content instanceof Buffer) writeFileSync(place, content);
    else if ('link' in content) symlinkSync(content.link, place);
    else mkdirSync(place, { recursive: true });
  }
  return root;
}

/** The files of a made-up machine. */
export const machineWith = (t: TestContext, files: Readonly<Record<string, Content>>): FileView =>
  fileView(directoryWith(t, files));

/** A row with whatever its table gives. */
export type AnyRow = Readonly<Record<string, unknown>>;

/** What a test asks of a table. */
export interface Query {
  readonly files?: FileView;
  readonly where?: Readonly<Record<string, unknown>>;
  readonly constraints?: readonly Constraint[];
  readonly used?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  /** Collects the warnings; a warning that nobody collects fails the test. */
  readonly warnings?: string[];
}

const failOn = (message: string): never => {
  throw new Error(`unexpected warning: ${message}`);
};

function generate(
  table: TableDefinition<never> | TableDefinition,
  query: Query,
): ReturnType<TableDefinition['generate']> {
  const equals = Object.entries(query.where ?? {}).map(
    ([column, value]): Constraint => ({
      column,
      op: '=',
      values: (Array.isArray(value) ? value : [value]) as Constraint['values'],
    }),
  );
  const { warnings } = query;
  const context = tableContext(table.schema, {
    constraints: [...equals, ...(query.constraints ?? [])],
    warn: warnings === undefined ? failOn : message => warnings.push(message),
    ...(query.used && { used: query.used }),
    ...(query.files && { files: query.files }),
    ...(query.settings && { settings: query.settings }),
  });
  return (table as TableDefinition).generate(context);
}

/** Runs a table's generator. `where` is a short form of `=` constraints; an array is an IN list. */
export const rowsOf = (table: TableDefinition<never> | TableDefinition, query: Query = {}): AnyRow[] => [
  ...(generate(table, query) as Iterable<AnyRow>),
];

/** Runs the generator of an asynchronous table. */
export const asyncRowsOf = (table: TableDefinition<never> | TableDefinition, query: Query = {}): Promise<AnyRow[]> =>
  Array.fromAsync(generate(table, query) as AsyncIterable<AnyRow>);
