/** What the authorizer refused, in words: action codes of SQLite (https://www.sqlite.org/c3ref/c_alter_table.html) as its log line has them. */
interface Refused {
  readonly action: string;
  readonly reason: string;
}

const index = 'an index would stay behind; UNIQUE, and a PRIMARY KEY that is no INTEGER PRIMARY KEY, need one, too';
const trigger = 'a trigger would run statements that nobody asked for';

const actions: Readonly<Record<number, Refused>> = {
  1: { action: 'CREATE INDEX', reason: index },
  3: { action: 'CREATE INDEX', reason: index },
  5: { action: 'CREATE TRIGGER', reason: trigger },
  7: { action: 'CREATE TRIGGER', reason: trigger },
  10: { action: 'DROP INDEX', reason: 'no statement may touch an index' },
  12: { action: 'DROP INDEX', reason: 'no statement may touch an index' },
  14: { action: 'DROP TRIGGER', reason: 'no statement may touch a trigger' },
  16: { action: 'DROP TRIGGER', reason: 'no statement may touch a trigger' },
  19: { action: 'PRAGMA', reason: 'only pragmas that tell of tables, functions and collations may be used' },
  24: { action: 'ATTACH', reason: 'a statement opens no database file' },
  25: { action: 'DETACH', reason: 'a statement opens and closes no database file' },
  26: { action: 'ALTER TABLE', reason: 'a table stays as it was created' },
  27: { action: 'REINDEX', reason: 'no statement may touch an index' },
  28: { action: 'ANALYZE', reason: 'what it finds out would change the plans of later queries' },
  29: {
    action: 'CREATE VIRTUAL TABLE',
    reason: 'the module would keep tables of its own',
  },
  31: { action: 'the function', reason: 'it reaches beyond its arguments, into files or memory' },
  32: { action: 'SAVEPOINT', reason: 'a statement begins no transaction within another' },
};

/** Longest name that a message repeats, characters. */
const longestName = 100;

const line = /^Authorizer denied action (\d+) ([\s\S]*)$/;

/** What the action was about, without the places of the log line that are empty. */
const subjectOf = (places: string): string => {
  const named = places
    .replace(/^(null )+/, '')
    .replace(/( null)+$/, '')
    .trim();
  return named.length > longestName ? `${named.slice(0, longestName)}…` : named;
};

/** Names and explains what a log line of the authorizer refused. */
export const refusalOf = (denial: string): Refused => {
  const [, code = '', places = ''] = line.exec(denial) ?? [];
  const { action, reason } = actions[Number(code)] ?? {
    action: `the action ${code}`,
    reason: 'statements may read tables, and create and drop tables and views of their own',
  };
  const subject = subjectOf(places);
  return { action: subject === '' || subject === 'null' ? action : `${action} ${subject}`, reason };
};
