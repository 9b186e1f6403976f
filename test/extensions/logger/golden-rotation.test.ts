// The files that a real osquery's filesystem logger left; see test/golden/daemon.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { filesystemLogger } from '../../../extensions/logger/src/index.ts';

interface Scenario {
  readonly flags: readonly string[];
  readonly files: Readonly<Record<string, { readonly mode: string; readonly lines: number | null }>>;
}

const recorded = JSON.parse(
  readFileSync(new URL('../../golden/daemon/status-and-logger.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Scenario>>;

const flagIn = (flags: readonly string[], name: string): string | undefined =>
  flags.find(flag => flag.startsWith(`--${name}=`))?.split('=')[1];

/** How many lines each of some files has, also compressed ones. */
const linesIn = (directory: string): Record<string, number> =>
  Object.fromEntries(
    readdirSync(directory).map(name => {
      const bytes = readFileSync(join(directory, name));
      const text = (name.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes).toString();
      return [name, text.split('\n').length - 1];
    }),
  );

suite('rotation', () => {
  for (const name of ['rotate size 2000 max 3', 'rotate size 1 max 25', 'rotate max 1', 'rotate off'])
    test(name, async context => {
      const scenario = recorded[name];
      assert.ok(scenario);
      const path = mkdtempSync(join(tmpdir(), 'rotation-'));
      context.after(() => rmSync(path, { recursive: true }));
      const { flags, files } = scenario;
      const rotation = {
        bytes: Number(flagIn(flags, 'logger_rotate_size') ?? 26_214_400),
        files: Number(flagIn(flags, 'logger_rotate_max_files') ?? 25),
      };
      const logger = filesystemLogger({
        path,
        program: 'osqueryd',
        rotation: flags.includes('--logger_rotate') && rotation,
      });
      await logger.init?.('osqueryd');
      // As many lines as the recorded files hold: those that are compressed were full when they were moved aside.
      const full = files['osqueryd.results.log.1']?.lines ?? 0;
      const count = Object.values(files).reduce((sum, { lines }) => sum + (lines ?? full), 0);
      for (let line = 0; line < count; line++) await logger.logString(`{"a":"${'0'.repeat(800)}"}`);
      const expected = Object.fromEntries(Object.entries(files).map(([file, { lines }]) => [file, lines ?? full]));
      assert.deepEqual(linesIn(path), expected);
      // osquery leaves compressed files to everybody (0644); here they are as private as the log.
      for (const file of Object.keys(expected))
        assert.equal((statSync(join(path, file)).mode & 0o777).toString(8), '640', file);
    });

  test('rotate max 0', () => {
    const { flags } = recorded['rotate max 0'] ?? { flags: [] };
    const files = Number(flagIn(flags, 'logger_rotate_max_files'));
    assert.throws(() => filesystemLogger({ path: '/', rotation: { bytes: 1, files } }), RangeError);
  });
});
