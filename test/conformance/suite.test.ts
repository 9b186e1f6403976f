// The suite itself: it passes what is sound and finds what is not.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { type ConformanceReport, conformanceChecks, reportText, verify } from '@outpost/sdk/conformance';
import { repositoryFile } from '../integration/harness.ts';

/** Those that wait for the extension to end take longest. */
const waiting = ['core.verbose', 'core.agent_gone', 'core.terminated', 'core.forgotten'];
const quick = conformanceChecks.filter(id => !waiting.includes(id));

interface Verified {
  readonly timeoutMs?: number;
  readonly checks?: readonly string[];
}

const faulty = (name: string, { timeoutMs = 10_000, checks = quick }: Verified = {}): Promise<ConformanceReport> =>
  verify([process.execPath, repositoryFile('test', 'conformance', 'faulty-extension.ts'), name], {
    levels: ['core'],
    checks,
    timeoutMs,
  });

const idsOf = ({ findings }: ConformanceReport, verdict: string): readonly string[] =>
  findings.filter(finding => finding.verdict === verdict).map(({ id }) => id);

const failing: Readonly<Record<string, readonly string[]>> = {
  none: [],
  'old sdk': ['core.sdk_version'],
  'no name': ['core.name'],
  'no such registry': ['core.registries'],
  'reserved table name': ['core.table_names', 'core.columns', 'core.generate', 'core.constraints'],
  'unknown type': ['core.routes'],
  'column twice': ['core.routes'],
  'alias before its column': ['core.routes'],
  'no columns': ['core.routes'],
  'other columns': ['core.columns'],
  'words in a number': ['core.values'],
  'loses equal rows': ['core.equality'],
  'dies of a constraint': ['core.constraints'],
  'dies of a context': ['core.bad_context'],
  'takes every table': ['core.unknown_item', 'core.unknown_registry'],
  'takes every action': ['core.unknown_action'],
};

const advised: Readonly<Record<string, readonly string[]>> = {
  'no plugins': ['core.plugins'],
  'a key too many': ['core.keys'],
  'obeys the limit': ['core.limit'],
};

const examine = async (name: string): Promise<void> => {
  const report = await faulty(name);
  const failed = idsOf(report, 'failed');
  for (const id of failing[name] ?? []) assert.ok(failed.includes(id), `${id} is not found\n${reportText(report)}`);
  if ((failing[name] ?? []).length > 0) return assert.equal(report.passed, false);
  assert.deepEqual(failed, [], reportText(report));
  assert.deepEqual(idsOf(report, 'advice'), advised[name] ?? [], reportText(report));
};

describe('each fault is found, and nothing where there is none', { concurrency: 4 }, () => {
  for (const name of new Set([...Object.keys(failing), ...Object.keys(advised)])) test(name, () => examine(name));
});

test('an extension that outlives its agent, or does not come back to it, is found', async () => {
  const report = await faulty('outlives its agent', { checks: waiting });
  assert.deepEqual(idsOf(report, 'failed'), ['core.agent_gone'], reportText(report));
  assert.deepEqual(idsOf(report, 'advice'), ['core.forgotten'], reportText(report));
});

describe('answers that are none', { concurrency: 4 }, () => {
  for (const name of ['close', 'exception', 'extexc', 'noresult', 'garbage', 'code1msg', 'code2', 'codeminus'])
    test(name, async () => {
      const report = await faulty(name, { timeoutMs: 3000 });
      assert.ok(idsOf(report, 'failed').includes('core.generate'), reportText(report));
    });
});

test('an extension that does not register, or does not listen, is told as such', async () => {
  const [silent, dead, deaf] = await Promise.all([
    faulty('does not register', { timeoutMs: 2000 }),
    faulty('does not start'),
    faulty('does not listen', { timeoutMs: 2000, checks: ['core.listens'] }),
  ]);
  assert.deepEqual(idsOf(silent, 'failed'), ['core.registers']);
  assert.match(silent.findings[0]?.found ?? '', /no registration within 2 s/);
  assert.match(dead.findings[0]?.found ?? '', /ended with exit code 1/);
  assert.match(reportText(dead), /This is the reason\./);
  assert.ok(idsOf(deaf, 'failed').includes('core.listens'));
});

const outpost = (...args: string[]) =>
  spawnSync(process.execPath, [repositoryFile('core', 'bin', 'outpost.mjs'), 'ext', 'verify', ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });

test('outpost ext verify prints a report, or JSON, and tells by its exit code', () => {
  const hello = repositoryFile('examples', 'hello-table', 'hello.ts');
  const sound = outpost('--strict', hello);
  assert.equal(sound.status, 0, sound.stdout);
  assert.match(sound.stdout, /^core\n {2}ok {8}core\.registers/);
  assert.match(sound.stdout, /table\/hello\n\d+ passed, 0 failed, 0 advice, \d skipped\.\n$/);
  const broken = outpost('--json', '--timeout', '5', process.execPath, '-e', 'process.exit(7)', '--');
  assert.equal(broken.status, 1);
  const report = JSON.parse(broken.stdout) as ConformanceReport;
  assert.deepEqual([report.passed, report.findings.map(({ found }) => found)], [false, ['it ended with exit code 7']]);
  const nothing = outpost('--level', 'distributed', hello);
  assert.equal(nothing.status, 1);
  assert.match(nothing.stdout, /The level distributed was asked for, and there is nothing of it/);
});

test('outpost ext verify tells what is mistyped', () => {
  for (const [args, words] of [
    [['--level', 'all', 'x'], /There is no level all; levels are core, /],
    [['nowhere.ts'], /There is no file .*nowhere\.ts\. Name the program/],
    [['./package.json'], /neither a program nor a source file/],
    [['--row', 'notes', './package.json'], /neither|not of the form TABLE=\[values\]/],
    [[], /missing required argument/],
  ] as const) {
    const { status, stderr } = outpost(...args);
    assert.equal(status, 1);
    assert.match(stderr, words);
  }
});
