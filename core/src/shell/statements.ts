/** Where statements begin and end in a text, by the rules of sqlite3_complete (https://www.sqlite.org/c3ref/complete.html). */

/** A piece of SQL text up to and with its semicolon, or what is left at the end. */
export interface Statement {
  readonly text: string;
  /** Whether there is nothing but white space, comments and semicolons in it. */
  readonly blank: boolean;
  /** Whether a semicolon ends it. */
  readonly complete: boolean;
}

const token =
  /(;)|([ \t\n\f\r]+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)|'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|([\w$\u0080-\uffff]+)|['"`[][\s\S]*$|\/\*[\s\S]*$|[\s\S]/g;

const kinds = {
  semicolon: 0,
  space: 1,
  other: 2,
  explain: 3,
  create: 4,
  temp: 5,
  temporary: 5,
  trigger: 6,
  end: 7,
} as const;

const start = 1;

/** The state after each state and kind of token; the states are SQLite's: invalid, start, normal, explain, create, trigger, semi, end. */
const transitions: readonly (readonly number[])[] = [
  [1, 0, 2, 3, 4, 2, 2, 2],
  [1, 1, 2, 3, 4, 2, 2, 2],
  [1, 2, 2, 2, 2, 2, 2, 2],
  [1, 3, 3, 2, 4, 2, 2, 2],
  [1, 4, 2, 2, 2, 4, 5, 2],
  [6, 5, 5, 5, 5, 5, 5, 5],
  [6, 6, 5, 5, 5, 5, 5, 7],
  [1, 7, 5, 5, 5, 5, 5, 5],
];

const kindOf = ([, semicolon, space, word]: RegExpMatchArray): number => {
  if (semicolon !== undefined) return kinds.semicolon;
  if (space !== undefined) return kinds.space;
  const keyword = word?.toLowerCase() ?? '';
  return Object.hasOwn(kinds, keyword) && keyword !== 'semicolon' && keyword !== 'space'
    ? kinds[keyword as keyof typeof kinds]
    : kinds.other;
};

/** Cuts a text into statements. The text ends at its first NUL, as it does for SQLite. */
export const splitStatements = (sql: string): Statement[] => {
  const nul = sql.indexOf('\0');
  const text = nul < 0 ? sql : sql.slice(0, nul);
  const statements: Statement[] = [];
  let state = 0;
  let from = 0;
  let blank = true;
  for (const match of text.matchAll(token)) {
    const kind = kindOf(match);
    blank &&= kind <= kinds.space;
    state = transitions[state]?.[kind] ?? 0;
    if (kind !== kinds.semicolon || state !== start) continue;
    const end = match.index + 1;
    statements.push({ text: text.slice(from, end), blank, complete: true });
    from = end;
    blank = true;
  }
  if (from < text.length) statements.push({ text: text.slice(from), blank, complete: false });
  return statements;
};

/** Whether a text ends with a finished statement, and perhaps white space and comments after it: sqlite3_complete. */
export const isComplete = (sql: string): boolean => {
  const statements = splitStatements(sql);
  const last = statements.at(-1);
  return last !== undefined && (last.complete || (last.blank && statements.length > 1));
};

/** Whether a text holds nothing to run and nothing unfinished: white space and comments only. */
export const isBlank = (sql: string): boolean => splitStatements(sql).every(statement => statement.blank);
