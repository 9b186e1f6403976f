import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failsWith, openEngine, rows } from './harness.ts';

test('the error of an unknown name ends with the name that may be meant', async context => {
  const engine = openEngine(context);
  engine.catalog.setViews(new Map([['everything', 'select 1 as a']]));
  const cases = {
    'select * from nubmers': 'no such table: nubmers — did you mean numbers?',
    'select * from main.Nubmers': 'no such table: main.Nubmers — did you mean numbers?',
    'select * from dgits': 'no such table: dgits — did you mean digits?',
    'select * from everythin': 'no such table: everythin — did you mean everything?',
    'select * from nothing_like_it': 'no such table: nothing_like_it',
    'select wrod from numbers': 'no such column: wrod — did you mean word?',
    'select d.wrod from digits d': 'no such column: d.wrod — did you mean word?',
    'select wrod': 'no such column: wrod',
    'select uper(1)': 'no such function: uper — did you mean upper?',
    'select regex_mach(1, 2, 3)': 'no such function: regex_mach — did you mean regex_match?',
    'select quite_something_else(1)': 'no such function: quite_something_else',
  };
  for (const [sql, message] of Object.entries(cases)) {
    await assert.rejects(rows(engine, sql), failsWith('SQL_ERROR', message));
    await assert.rejects(engine.columns(sql), failsWith('SQL_ERROR', message));
  }
});

test('a table that is switched off is not taken for another', async context => {
  const engine = openEngine(context, { isSwitchedOff: table => table === 'number' });
  await assert.rejects(rows(engine, 'select * from number'), failsWith('SQL_ERROR', 'no such table: number'));
  await assert.rejects(rows(engine, 'select * from nmbers'), failsWith('SQL_ERROR', /did you mean numbers\?$/));
});
