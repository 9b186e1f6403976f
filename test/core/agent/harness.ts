import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Core } from '../../../core/src/agent/core.ts';
import { type FlagStore, parseFlags, programOf } from '../../../core/src/flags/index.ts';
import { StatusLog } from '../../../core/src/status.ts';

/** The flags of a daemon that was started with these arguments and no flag file. */
export const flagsOf = (...argv: string[]): FlagStore => {
  const parsed = parseFlags(['--flagfile=', ...argv], programOf('outpostd', []));
  assert.ok(parsed.kind !== 'exit');
  return parsed.flags;
};

/** A core that says nothing, closed when the test ends. */
export const openCore = async (context: TestContext, ...argv: string[]): Promise<Core> => {
  const status = new StatusLog({ verbose: false, minStatus: 0, minStderr: 4, stderr: false });
  const core = await Core.open(flagsOf(...argv), status);
  context.after(() => core.close());
  return core;
};
