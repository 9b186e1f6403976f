// Tables of random shape with random rows, the same for the same seed: the module of a table makes them again in whatever thread loads it.
import type { Collation, ColumnType } from '@outpost/sdk';
import { seeded } from '../../integration/random.ts';

/** A value of a row, as it suits the type of its column. */
export type Value = null | string | number | bigint | Uint8Array;

/** Where the rows of a table are made. */
export type Kind = 'thread' | 'host' | 'main' | 'extension';

/** A column of a random table. */
export interface RandomColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly collate: Collation | undefined;
  readonly index: boolean;
  readonly required: boolean;
  readonly additional: boolean;
  readonly optimized: boolean;
  readonly hidden: boolean;
}

/** What a generator makes of a constraint: nothing, exactly what SQL says, or more rows than that. */
export type Heed = 'no' | 'exactly' | 'roughly';

/** A table, its rows in the order in which they come, and what its generator heeds. */
export interface RandomTable {
  readonly name: string;
  readonly kind: Kind;
  readonly columns: readonly RandomColumn[];
  readonly rows: readonly (readonly Value[])[];
  readonly order: readonly string[];
  readonly exact: readonly string[];
  /** By column: its `=` and IN constraints. */
  readonly heedsEqual: readonly Heed[];
  /** By column: whether ranges, IS NULL and the like leave rows out. */
  readonly heedsOther: readonly boolean[];
  /** Whether it stops at a limit that it is told. */
  readonly heedsLimit: boolean;
  /** Whether it leaves keys out of rows that would be empty, and columns that are not used. */
  readonly sparse: boolean;
}

/** A function that gives the next random number below a bound. */
export type Random = (bound: number) => number;

/** One of some things. */
export const pick = <Thing>(random: Random, things: readonly Thing[]): Thing => things[random(things.length)] as Thing;

/** Whether it happens, with so many chances in a hundred. */
export const chance = (random: Random, percent: number): boolean => random(100) < percent;

const texts = [
  ...[
    '',
    'a',
    'A',
    'b',
    'B',
    'ab',
    'aB',
    'a ',
    'a  ',
    'b\0',
    'a\0b',
    'a\0c',
    'é',
    'É',
    'ß',
    '日本',
    '😀',
    '\uffee',
    'zz',
  ],
  ...[
    '1',
    '1.0',
    '01',
    '10',
    '9',
    '1.10',
    '1.2-3',
    '1:1.0~rc1',
    '%',
    '_',
    'a%',
    '[a]',
    '0x10',
    '-1',
    ' 1',
    '1e0',
    '2.5',
  ],
];
const smallIntegers = [-3, -2, -1, 0, 1, 2, 3, 4, 5];
const longIntegers = [9007199254740992n, 9007199254740993n, 9223372036854775807n, -9223372036854775808n, 4294967296n];
const reals = [0.25, -0.75, 1, 2, 2.5, -3, 1e300, -1e-300, 9007199254740992, 1e15, 0.1, Number.POSITIVE_INFINITY];

/** A value that suits a type. */
export const randomValue = (random: Random, type: ColumnType): Exclude<Value, null> => {
  switch (type) {
    case 'TEXT':
      return pick(random, texts);
    case 'INTEGER':
      return chance(random, 90) ? pick(random, smallIntegers) : pick(random, [2147483647, -2147483648, 1000]);
    case 'BIGINT':
      return chance(random, 75) ? pick(random, smallIntegers) : pick(random, longIntegers);
    case 'UNSIGNED BIGINT':
      return chance(random, 75) ? random(6) : pick(random, longIntegers.slice(0, 3));
    case 'DOUBLE':
      return pick(random, reals);
    case 'BLOB':
      return Uint8Array.from({ length: random(4) }, () => pick(random, [0, 1, 65, 97, 128, 255]));
  }
};

/** Not version_arch and version_rhel: as osquery has them they are no orders (1 < 1.0 < 01 = 1), so that an index of SQLite over them finds too little. */
const collationsOfText: readonly (Collation | undefined)[] = [
  ...[undefined, undefined, undefined],
  ...(['binary', 'nocase', 'nocase', 'rtrim', 'version', 'version_dpkg'] as const),
];

const columnOf = (random: Random, name: string, kind: Kind, needy: boolean): RandomColumn => {
  const types: ColumnType[] = ['TEXT', 'TEXT', 'INTEGER', 'INTEGER', 'BIGINT', 'UNSIGNED BIGINT', 'DOUBLE'];
  // The wire has text only, so bytes would come back as text.
  const type = pick(random, kind === 'extension' ? types : [...types, 'BLOB' as const]);
  const hidden = chance(random, 10);
  return {
    name,
    type,
    // SQLite forgets the collation of a hidden column.
    collate: type === 'TEXT' && !hidden ? pick(random, collationsOfText) : undefined,
    index: chance(random, 25),
    required: needy && chance(random, 40),
    additional: chance(random, 15),
    optimized: chance(random, 15),
    hidden,
  };
};

const rowCount = (random: Random): number => {
  if (chance(random, 8)) return random(2);
  return chance(random, 97) ? 1 + random(14) : 1000 + random(300);
};

const rowsOf = (random: Random, columns: readonly RandomColumn[], kind: Kind): Value[][] => {
  const rows: Value[][] = [];
  for (let left = rowCount(random); left > 0; left--) {
    if (rows.length > 0 && chance(random, 15)) rows.push([...pick(random, rows)]);
    else rows.push(columns.map(({ type }) => (chance(random, 15) ? emptyOf(kind, type) : randomValue(random, type))));
  }
  return rows;
};

/** NULL; in text of an extension it is the empty string. */
const emptyOf = (kind: Kind, type: ColumnType): Value => (kind === 'extension' && type === 'TEXT' ? '' : null);

/** How SQLite orders values of one type; text by bytes. */
export const compareValues = (left: Value, right: Value): number => {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  if (typeof left === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(right as string));
  if (left instanceof Uint8Array) return Buffer.compare(left, right as Uint8Array);
  return left < (right as number) ? -1 : left > (right as number) ? 1 : 0;
};

const isBinary = ({ collate }: RandomColumn): boolean => collate === undefined || collate === 'binary';

const orderOf = (random: Random, columns: readonly RandomColumn[], rows: Value[][]): string[] => {
  const sortable = columns.map((column, at) => ({ column, at })).filter(({ column }) => isBinary(column));
  const keys = sortable.filter(() => chance(random, 50)).sort(() => random(3) - 1);
  rows.sort((left, right) => {
    for (const { at } of keys) {
      const order = compareValues(left[at] ?? null, right[at] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  });
  return keys.map(({ column }) => column.name);
};

const tableOf = (random: Random, name: string, kind: Kind): RandomTable => {
  const needy = chance(random, 10);
  const columns = Array.from({ length: 1 + random(chance(random, 4) ? 70 : 6) }, (_, at) =>
    columnOf(random, `c${at}`, kind, needy),
  );
  const rows = rowsOf(random, columns, kind);
  const ordered = kind !== 'extension' && chance(random, 40);
  const order = ordered ? orderOf(random, columns, rows) : [];
  // A required column of text is told numbers too, which may mean other texts than their own.
  const vague = columns.map(({ type, required }) => required && (type === 'TEXT' || type === 'BLOB'));
  const exact = columns.map(
    (column, at) => kind !== 'extension' && isBinary(column) && vague[at] !== true && chance(random, 35),
  );
  return {
    name,
    kind,
    columns,
    rows,
    order,
    exact: columns.filter((_, at) => exact[at]).map(column => column.name),
    heedsEqual: exact.map((is, at) => {
      if (vague[at] === true) return 'no';
      return is ? 'exactly' : pick(random, ['no', 'roughly'] as const);
    }),
    heedsOther: columns.map(() => chance(random, 40)),
    heedsLimit: chance(random, 50),
    sparse: chance(random, 40),
  };
};

/** The tables of a world: two to four. */
export const tablesOf = (seed: number): RandomTable[] => {
  const random = seeded(seed);
  const kinds: Kind[] = ['thread', 'thread', 'thread', 'thread', 'host', 'main', 'extension'];
  return Array.from({ length: 2 + random(3) }, (_, at) => tableOf(random, `t${at}`, pick(random, kinds)));
};
