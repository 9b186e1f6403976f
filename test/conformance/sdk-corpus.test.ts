// The SDKs of version 2 in other languages against the protocol's corpus, by their own tests.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { repositoryFile } from '../integration/harness.ts';
import { build, type ForeignProgram, missingTools } from './build.ts';
import { sdkGo, sdkPython } from './sdks.ts';

const passes = (language: string, program: ForeignProgram, command: () => readonly [string, ...string[]]): void => {
  const missing = missingTools(program);
  const reason = `the SDK for ${language} cannot be tested: ${missing.join(', ')} cannot be run here`;
  const skip = missing.length > 0 && process.env.CI !== 'true' && reason;
  test(`the SDK for ${language} reads and writes the corpus`, { skip, timeout: 300_000 }, () => {
    assert.equal(missing.length, 0, reason);
    const [file, ...words] = command();
    const { status, stdout, stderr } = spawnSync(file, words, {
      cwd: repositoryFile('extensions', `sdk-${language}`),
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
      encoding: 'utf8',
    });
    assert.equal(status, 0, `${stdout}${stderr}`);
  });
};

passes('python', sdkPython, () => [
  join(dirname(build(sdkPython)), '.venv', 'bin', 'python'),
  ...['-m', 'unittest', 'discover', '-s', 'tests', '-t', '.'],
]);
passes('go', sdkGo, () => ['go', 'test', './...']);
