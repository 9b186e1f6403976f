import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Core } from '../../../core/src/agent/core.ts';
import { parseFlags, programOf } from '../../../core/src/flags/index.ts';
import { StatusLog } from '../../../core/src/status.ts';

/** The core of a daemon without a configuration: an engine over every table that comes with the agent. It is closed when the test ends. */
export const openCore = async (context: TestContext, ...flags: readonly string[]): Promise<Core> => {
  const parsed = parseFlags(['--flagfile=', ...flags], programOf('outpostd', []));
  assert.ok(parsed.kind !== 'exit');
  const core = await Core.open(
    parsed.flags,
    new StatusLog({ verbose: false, minStatus: 0, minStderr: 4, stderr: false }),
  );
  context.after(() => core.close());
  await core.addStateTables();
  return core;
};
