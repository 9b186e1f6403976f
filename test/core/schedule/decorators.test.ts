import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DecoratorRow, Decorators } from '../../../core/src/schedule/decorators.ts';
import { Sayings } from '../config/sayings.ts';

/** Decorators over answers that a test gives by the text of a query. */
function decoratorsOver(answers: Record<string, DecoratorRow['first'] | Error>) {
  const status = new Sayings();
  const asked: string[] = [];
  const flags = { disabled: false };
  const decorators = new Decorators({
    status,
    disabled: () => flags.disabled,
    runQuery: async sql => {
      asked.push(sql);
      const answer = answers[sql];
      if (answer instanceof Error) throw answer;
      return { first: answer, rowCount: answer === undefined ? 0 : sql.length };
    },
  });
  return { decorators, status, asked, flags };
}

const none = { load: [], always: [], interval: [] };

test('interval decorators run at multiples of their seconds', async () => {
  const { decorators, asked } = decoratorsOver({ a: { x: '1' }, b: { y: '2' } });
  const interval = [
    { seconds: 60, queries: ['a'] },
    { seconds: 3600, queries: ['b'] },
  ];
  await decorators.update(new Map([['c', { ...none, interval }]]));
  for (const time of [3540, 3541, 3600, 3660]) await decorators.atInterval(time);
  assert.deepEqual(asked, ['a', 'a', 'b', 'a']);
  assert.deepEqual(decorators.current(), { x: '1', y: '2' });
});

test('what a later source says takes the place of what an earlier one says', async () => {
  const { decorators } = decoratorsOver({ a: { x: '1', z: '1' }, b: { x: '2' } });
  await decorators.update(
    new Map([
      ['second', { ...none, load: ['b'] }],
      ['first', { ...none, load: ['a'] }],
    ]),
  );
  assert.deepEqual(Object.entries(decorators.current()), [
    ['x', '2'],
    ['z', '1'],
  ]);
});

test('only a changed source is loaded again, and one that is gone decorates no more', async () => {
  const { decorators, asked } = decoratorsOver({ a: { x: '1' }, b: { y: '2' }, c: { y: '3' } });
  await decorators.update(
    new Map([
      ['one', { ...none, load: ['a'] }],
      ['two', { ...none, load: ['b'] }],
    ]),
  );
  await decorators.update(
    new Map([
      ['one', { ...none, load: ['a'] }],
      ['two', { ...none, load: ['c'] }],
    ]),
  );
  assert.deepEqual(asked, ['a', 'b', 'c']);
  await decorators.update(new Map([['two', { ...none, load: ['c'] }]]));
  assert.deepEqual(decorators.current(), { y: '3' });
});

test('a decorator that fails, or gives several rows, is said once', async () => {
  const { decorators, status } = decoratorsOver({ bad: new Error('no such table: z'), many: { x: '1' } });
  await decorators.update(new Map([['c', { ...none, always: ['bad', 'many'] }]]));
  await decorators.always();
  await decorators.always();
  assert.deepEqual(status.lines, [
    'W The decorator query failed and adds nothing: bad: no such table: z',
    'W Multiple rows returned for decorator query: many',
  ]);
  assert.deepEqual(decorators.current(), { x: '1' });
});

test('nothing runs and nothing is attached while decorators are disabled', async () => {
  const { decorators, asked, flags } = decoratorsOver({ a: { x: '1' } });
  await decorators.update(new Map([['c', { ...none, load: ['a'], always: ['a'] }]]));
  flags.disabled = true;
  await decorators.always();
  assert.deepEqual(decorators.current(), {});
  assert.deepEqual(asked, ['a']);
});
