import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

/** Which modules of `node_modules` a program loads. */
const loadedBy = (program: string): string[] => {
  const code = `${program}
    const { createRequire } = await import('node:module');
    console.log(JSON.stringify(Object.keys(createRequire(import.meta.filename).cache)));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  return (JSON.parse(output) as string[]).filter(path => path.includes('node_modules'));
};

test('importing the package loads nothing of thrift', () => {
  assert.deepEqual(loadedBy(`await import('@outpost/protocol');`), []);
});

test('a connection loads the one file of thrift that generated code needs, no HTTP and no WebSocket', () => {
  const loaded = loadedBy(`
    const { ExtensionClient, unixEndpoint } = await import('@outpost/protocol');
    await ExtensionClient.connect(unixEndpoint('/nowhere')).catch(() => undefined);`);
  assert.deepEqual(
    loaded.map(path => path.replace(/.*node_modules\//, '')),
    ['thrift/lib/nodejs/lib/thrift/thrift.js'],
  );
});
