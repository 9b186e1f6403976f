// The identifiers that a real osquery's log lines carried, over two starts; see test/golden/daemon.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { suite, test } from 'node:test';
import { HostIdentifier } from '../../../core/src/daemon/host-identifier.ts';
import { loadIdentifiers } from '../../../core/src/daemon/identifiers.ts';
import { Store } from '../../../core/src/storage/store.ts';

interface Line {
  readonly hostIdentifier: string;
  readonly columns: { readonly instance?: string; readonly uuid?: string };
}
interface Scenario {
  readonly scenario: string;
  readonly flags: readonly string[];
  readonly steps: readonly { readonly do: string; readonly results?: readonly string[] }[];
}

const scenarios = readFileSync(new URL('../../golden/daemon/results.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Scenario)
  .filter(({ scenario }) => scenario.startsWith('host-identifier'));

const flagOf = (flags: readonly string[], name: string): string =>
  flags.find(flag => flag.startsWith(`--${name}=`))?.split('=')[1] ?? '';

/** Texts with each UUID as the number of its first appearance. */
const numbered = (texts: readonly string[]): string[] => {
  const seen = new Map<string, string>();
  const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  return texts.map(text => {
    if (!uuid.test(text)) return text;
    if (!seen.has(text)) seen.set(text, `uuid ${seen.size + 1}`);
    return seen.get(text) ?? '';
  });
};

/** The rows that a step added; those that went away carry what an earlier process knew. */
const linesOf = (results: readonly string[] = []): Line[] =>
  results.map(text => JSON.parse(text) as Line & { action: string }).filter(({ action }) => action === 'added');

/** What lines carried: the identifier, and what their columns tell of the host. */
const recordedIn = (lines: readonly Line[]): string[] =>
  lines.flatMap(({ hostIdentifier, columns: { instance, uuid } }) => [
    hostIdentifier === 'golden-host' ? hostname() : hostIdentifier,
    ...(uuid === undefined ? [] : [instance ?? '', uuid]),
  ]);

/** The same of ours. */
const oursFor = (lines: readonly Line[], host: HostIdentifier, flags: readonly string[]): string[] =>
  lines.flatMap(({ columns }) => [
    host.get(flagOf(flags, 'host_identifier'), flagOf(flags, 'specified_identifier')),
    ...(columns.uuid === undefined ? [] : [host.instanceId, host.hostUuid]),
  ]);

test('the recordings are there', () => assert.ok(scenarios.length >= 8));

suite('host identifiers', () => {
  for (const { scenario, flags, steps } of scenarios)
    test(scenario, async () => {
      const store = Store.memory();
      const found: string[] = [];
      const expected: string[] = [];
      const open = async () => new HostIdentifier(await loadIdentifiers(store, reason => assert.fail(reason)));
      let host = await open();
      for (const { do: what, results } of steps) {
        if (what === 'stop') await store.sync();
        if (what === 'start') host = await open();
        const lines = linesOf(results);
        expected.push(...recordedIn(lines));
        found.push(...oursFor(lines, host, flags));
      }
      assert.ok(expected.length > 0);
      assert.deepEqual(numbered(found), numbered(expected));
    });
});
