import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { filesystemConfig } from '../../../extensions/config/src/index.ts';
import { hostPlugin } from '../../../extensions/sdk/src/index.ts';
import { harness } from './harness.ts';

interface Golden {
  readonly name: string;
  readonly config: string | { readonly base64: string } | null;
  readonly files?: Readonly<Record<string, string>>;
  readonly config_check: { readonly exit: number };
  readonly osquery_schedule?: readonly (readonly [name: string, interval: string])[];
  readonly osquery_packs?: readonly (readonly string[])[];
}

const golden = readFileSync(new URL('../../golden/daemon/config.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line): Golden => JSON.parse(line));

/** Where we mean something else than osquery, and why. */
const differences: Readonly<Record<string, string>> = {
  'comment at end of line': 'comments may stand anywhere',
  'comment block': 'comments may stand anywhere',
  'trailing comma object': 'a comma may stand before a closing bracket',
  'trailing comma array': 'a comma may stand before a closing bracket',
  bom: 'a byte order mark is not part of the text',
  'lone surrogate escape': 'half a surrogate pair harms nobody',
  'pack file relative': 'it depends on the working directory',
  'pack star dotted name': 'the name of a pack may have dots',
  'conf.d one bad': 'the sources after a broken one are read',
  'main bad, conf.d good': 'the sources after a broken one are read',
};

/** Configurations that osquery warns of, or passes over, where `--config_check` of ours fails. */
const stricter =
  /^(?:views is array|views non-string|auto_table_construction is array|atc (?:no query|no path|no columns|columns string|not object|query number)|(?:schedule|packs) is (?:string|number|array|bool)|query interval (?:0|negative|604801|string junk|float|null|bool|huge|string negative|object)|query (?:missing query|not an object|is number|empty)|query named '(?:query\.x|cache\.x|config_views\.x|xepoch|xcounter)'|pack (?:number|array|directory|empty string|star not object|reserved query name)|pack file (?:missing|bad json|array|empty|glob under a name))$/;

const root = mkdtempSync(join(tmpdir(), 'golden-config-'));
after(() => rmSync(root, { recursive: true }));

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

async function replay({ config: text, files = {} }: Golden, directory: string) {
  const here = (content: string): string => content.replaceAll('@D', directory);
  const path = join(directory, 'osquery.conf');
  mkdirSync(directory, { recursive: true });
  if (typeof text === 'string') put(path, here(text));
  else if (text !== null) put(path, Buffer.from(text.base64, 'base64'));
  for (const [name, content] of Object.entries(files)) put(join(directory, name), here(content));
  const plugin = hostPlugin(filesystemConfig({ path }));
  const { config, status } = harness({
    call: (request, signal) => plugin(request, { signal }),
    checkSql: async () => undefined,
    countRows: async sql => {
      if (/selec$|nope/.test(sql)) throw new Error('no such table');
      return sql.includes('where 0') ? 0 : 1;
    },
  });
  const faults = await config.check();
  return { config, faults, said: status.lines };
}

describe('configurations that osquery has read', () => {
  for (const [index, scenario] of golden.entries()) {
    if (scenario.osquery_schedule === undefined || scenario.config_check.exit === 78) continue;
    it(scenario.name, { skip: differences[scenario.name] ?? false }, async () => {
      const { config, faults, said } = await replay(scenario, join(root, String(index)));
      const complains = scenario.config_check.exit !== 0 || stricter.test(scenario.name);
      assert.equal(faults.length > 0, complains, said.join('\n'));
      const schedule = config.schedule.map(({ name, interval }) => [name, String(interval)]);
      assert.deepEqual(schedule, scenario.osquery_schedule, said.join('\n'));
      const packs = config
        .packRows()
        .map(({ name, platform, version, shard, active }) => [
          name,
          platform,
          version,
          String(shard ?? ''),
          active ? '1' : '0',
        ]);
      const expected = scenario.osquery_packs?.map(([name, platform, version, shard, , , active]) => [
        name,
        platform,
        version,
        shard,
        active,
      ]);
      assert.deepEqual(packs, expected, said.join('\n'));
    });
  }
});
