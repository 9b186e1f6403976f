import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { filesystemConfig, plugins } from '../../../extensions/config/src/index.ts';
import { decodeConfigSources, decodePack, encodeConfigRequest, hostPlugin } from '../../../extensions/sdk/src/index.ts';

let directory = '';
let warnings: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'config-'));
  warnings = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

const put = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

const handler = (path: string) => hostPlugin(filesystemConfig({ path }), { warn: message => warnings.push(message) });

const pack = async (name: string, value: string): Promise<string | undefined> => {
  const answer = await handler('/x')(encodeConfigRequest({ action: 'genPack', name, value }));
  assert.equal(answer.status.code, 0, answer.status.message);
  return decodePack(name, answer.response);
};

describe('the configuration of files', () => {
  it('gives the main file and the sorted drop-ins', async () => {
    const path = put('a.conf', '{"main":1}');
    mkdirSync(`${path}.d`);
    mkdirSync(`${path}.d/directory.conf`);
    for (const name of ['z.conf', 'B.conf', 'c.conf', '.hidden.conf', 'no.json']) put(`a.conf.d/${name}`, `"${name}"`);
    const { response, status } = await handler(path)({ action: 'genConfig' });
    assert.equal(status.code, 0);
    assert.deepEqual(Object.entries(decodeConfigSources(response)), [
      [path, '{"main":1}'],
      [`${path}.d/B.conf`, '"B.conf"'],
      [`${path}.d/c.conf`, '"c.conf"'],
      [`${path}.d/z.conf`, '"z.conf"'],
    ]);
  });

  it('fails without the main file, and when it is a directory', async () => {
    for (const path of [join(directory, 'absent'), directory]) {
      const { status } = await handler(path)({ action: 'genConfig' });
      assert.deepEqual([status.code, status.message], [1, `config file does not exist: ${path}`]);
    }
  });

  it('leaves out a drop-in that is too large, and says so once', async () => {
    const path = put('a.conf', '{}');
    mkdirSync(`${path}.d`);
    put('a.conf.d/big.conf', '0'.repeat(52_428_801));
    const genConfig = handler(path);
    for (let i = 0; i < 2; i++) {
      const { response } = await genConfig({ action: 'genConfig' });
      assert.deepEqual(Object.keys(decodeConfigSources(response)), [path]);
    }
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /big\.conf is left out: .*52428800 bytes/);
  });

  it('is chosen by the flags', () => {
    assert.deepEqual(
      plugins({ config_path: '/x' }).map(({ name }) => name),
      ['filesystem'],
    );
  });
});

describe('packs of files', () => {
  it('reads a file as it is', async () => {
    assert.equal(await pack('p', put('p.conf', ' {"queries":{}}\n')), ' {"queries":{}}\n');
  });

  it('gives nothing for what is no file', async () => {
    assert.equal(await pack('p', join(directory, 'absent')), '');
    assert.equal(await pack('p', directory), '');
  });

  it('makes one pack of each file that a pattern finds', async () => {
    put('a.conf', '{"shard":"1"}');
    put('b.x.conf', '{\n# comment\n"version":"1.0", // here\n}');
    put('bad.conf', '{');
    mkdirSync(join(directory, 'z.conf'));
    const text = await pack('*', `${directory}/%.conf`);
    assert.equal(text, '{"a":\n{"shard":"1"}\n,"b.x":\n{\n# comment\n"version":"1.0", // here\n}\n}');
    assert.deepEqual(warnings, [
      `Cannot read multi-pack JSON: ${directory}/bad.conf`,
      `Cannot read multi-pack file: ${directory}/z.conf`,
    ]);
  });

  it('gives an empty object when a pattern finds nothing', async () => {
    assert.equal(await pack('*', `${directory}/none*`), '{}');
  });
});
