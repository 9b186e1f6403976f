import { defineTable, integer, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { parseEnvironment } from '../lib/process/environment.ts';
import { wantedPids } from '../lib/process/wanted.ts';

/** The environments that processes were started with. */
export const processEnvs = defineTable({
  name: 'process_envs',
  description: 'Environment variables of processes.',
  platforms: ['linux', 'macos'],
  examples: ["select p.name, e.value from processes p join process_envs e using (pid) where e.key = 'LD_PRELOAD'"],
  columns: {
    pid: integer('Id of the process', { index: true, optimized: true }),
    key: text('Name of the variable'),
    value: text('Value of the variable'),
  },
  order: ['pid'],
  exact: ['pid'],
  *generate(context) {
    const { files } = context;
    const losses = new Losses('cannot be read');
    for (const pid of wantedPids(context)) {
      if (context.aborted) return;
      const path = `/proc/${pid}/environ`;
      const content = losses.attempt(path, () => files.readTextIfPresent(path));
      for (const { key, value } of parseEnvironment(content ?? '')) yield { pid, key, value };
    }
    losses.report(context);
  },
});
