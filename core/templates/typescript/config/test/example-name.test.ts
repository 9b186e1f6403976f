import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeAgent, fakeFiles } from '@outpost/sdk/testing';
import { exampleName } from '../src/example-name.ts';

test('what is asked depends on the machine', async () => {
  const queriesOf = async (contents: Record<string, string>): Promise<string[]> => {
    using files = fakeFiles(contents);
    const sources = await fakeAgent([exampleName], { files }).config('example_name').sources();
    const { schedule } = JSON.parse(sources.example_name ?? '') as { schedule: object };
    return Object.keys(schedule);
  };
  assert.deepEqual(await queriesOf({}), ['uptime']);
  assert.deepEqual(await queriesOf({ '/etc/shells': '' }), ['uptime', 'shells']);
});
