import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isBlank, isComplete, splitStatements } from '../../../core/src/shell/statements.ts';

const texts = (sql: string): string[] => splitStatements(sql).map(({ text }) => text);

test('a semicolon ends a statement where SQLite says so', () => {
  assert.deepEqual(texts('select \';\' as "a;b", `c;`, [d;]; -- x;\nselect /* ; */ 2'), [
    'select \';\' as "a;b", `c;`, [d;];',
    ' -- x;\nselect /* ; */ 2',
  ]);
  const trigger = 'create temp trigger t after insert on x begin select 1; select 2; end;';
  assert.deepEqual(texts(`${trigger}select 3;`), [trigger, 'select 3;']);
  assert.deepEqual(texts('explain create trigger t begin x; end; z;').length, 2);
  assert.deepEqual(texts('create table trigger_x(a);b'), ['create table trigger_x(a);', 'b']);
});

test('completeness is that of sqlite3_complete', () => {
  for (const sql of ['select 1;', 'select 1; ', 'select 1; -- c\n', ';', '/* a */;', 'select 1;/* c */'])
    assert.ok(isComplete(sql), sql);
  for (const sql of [
    '',
    'select 1',
    "select 'a;",
    'select 1; select 2',
    '/* a ;',
    'create trigger x;',
    'select 1; /* c',
  ]) {
    assert.ok(!isComplete(sql), sql);
  }
});

test('white space and comments are blank, unfinished ones are not', () => {
  for (const sql of ['', ' \t\n', '-- c', '/* c */ ; ;;']) assert.ok(isBlank(sql), sql);
  for (const sql of ['1', '/* c', "'"]) assert.ok(!isBlank(sql), sql);
});

test('the pieces are the text, and each but the last is complete by itself', () => {
  const piece = fc.constantFrom(
    'select',
    ' ',
    ';',
    "'",
    '"',
    '--',
    '\n',
    '/*',
    '*/',
    'create',
    'trigger',
    'temp',
    'end',
    'x',
    '[',
    ']',
    '`',
    '-',
    '/',
  );
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      const sql = pieces.join('');
      const statements = splitStatements(sql);
      assert.equal(statements.map(({ text }) => text).join(''), sql);
      for (const statement of statements.slice(0, -1)) assert.ok(statement.complete && isComplete(statement.text));
    }),
  );
});

test('the text ends at the first NUL', () => {
  assert.deepEqual(texts('select 1;\0select 2;'), ['select 1;']);
});
