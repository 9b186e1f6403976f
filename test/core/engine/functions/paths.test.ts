import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { SqlValue } from '../../../../core/src/engine/native.ts';
import { temporaryDirectory } from '../harness.ts';
import { openFunctions, quoted } from './harness.ts';

/** A directory with these files, and functions over command lines in which @ stands for it. */
const sandbox = (context: TestContext, ...files: readonly string[]) => {
  const root = temporaryDirectory(context);
  for (const file of files) writeFileSync(join(root, file), '');
  mkdirSync(join(root, 'folder'));
  const { value, fault } = openFunctions(context);
  const call = (name: string, command: string, ...more: readonly string[]): SqlValue | undefined => {
    const found = value(`${name}(${[quoted(command.replaceAll('@', `${root}/`)), ...more].join(', ')})`);
    return typeof found === 'string' ? found.replaceAll(`${root}/`, '@') : found;
  };
  return {
    root,
    value,
    fault,
    find: call.bind(undefined, 'find_file_path_in_cmd'),
    deterministic: call.bind(undefined, 'is_path_deterministic'),
  };
};

suite('find_file_path_in_cmd and is_path_deterministic', () => {
  test('the shortest beginning that is a file is found', context => {
    const { find, deterministic } = sandbox(context, 'tool', 'tool one', 'two words');
    assert.deepEqual([find('@tool -x'), deterministic('@tool -x')], ['@tool', 1]);
    assert.deepEqual([find('  @tool'), deterministic('@tool')], ['@tool', 1]);
    assert.deepEqual([find('@tool one two'), deterministic('@tool one two')], ['@tool', 0]);
    assert.deepEqual([find('@two words -x'), deterministic('@two words -x')], ['@two words', 1]);
    assert.deepEqual([find('@none -x'), deterministic('@none -x')], ['', 1]);
    assert.deepEqual([find('@folder @tool'), find('@folder')], ['', '']);
    assert.equal(find('@tool/below'), '');
  });

  test('quotes hide blanks when they are allowed to, and an escape takes the next character as it is', context => {
    const { find } = sandbox(context, 'tool', 'two words', 'quo"te');
    assert.deepEqual([find('"@two words" -x'), find('"@two words" -x', '1')], ['', '@two words']);
    assert.equal(find('"@tool" -x', '0'), '');
    assert.equal(find('@two\\ words -x'), '@two words');
    assert.equal(find('@two^ words -x', '1', "'^'"), '@two words');
    assert.equal(find('@quo\\"te', '1'), '@quo"te');
  });

  test('a name of any bytes is found', context => {
    const { root, value } = sandbox(context);
    const path = Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xff, 0x41)]);
    writeFileSync(path, '');
    const command = `cast(x'${path.toString('hex')}' as text) || ' -x'`;
    assert.equal(value(`hex(find_file_path_in_cmd(${command}))`), path.toString('hex').toUpperCase());
  });

  test('bad arguments are errors', context => {
    const { fault } = sandbox(context);
    for (const list of ['', 'null', "'x', 1, ''", "'x', 1, 'ab'", "'x', 1, null"]) {
      const found = fault(`select find_file_path_in_cmd(${list})`);
      assert.equal(found.message, 'Invalid inputs to find_binary_path_from_cmd');
      assert.equal(fault(`select is_path_deterministic(${list})`).message, 'Invalid inputs to is_path_deterministic');
    }
  });
});
