import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const engine = new URL('../../../core/src/engine/engine.ts', import.meta.url).href;

test('queries run though the working directory was removed', () => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-'));
  const program = `(async () => {
    const { Engine } = await import(${JSON.stringify(engine)});
    require('node:fs').rmdirSync(${JSON.stringify(directory)});
    const engine = Engine.open();
    console.log((await engine.query('select 1', { lane: 'live' })).rowCount);
    await engine.close();
  })();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
    cwd: directory,
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(stdout, '1\n', stderr);
});
