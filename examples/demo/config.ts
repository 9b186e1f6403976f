#!/usr/bin/env node
// The configuration of the demonstration: what to ask, and how often.
import { defineConfig, serve } from '@outpost/sdk';
import { demoPaths } from './directory.ts';

const configuration = {
  schedule: {
    sleepers: { query: "select pid, cmdline from processes where name = 'sleep'", interval: 5 },
    watched_files: { query: `select filename, size from file where path like '${demoPaths.watched}/%'`, interval: 5 },
    sockets: {
      query: 'select protocol, count(*) as sockets from listening_ports group by protocol',
      interval: 15,
      snapshot: true,
    },
    packages: { query: 'select name, version from deb_packages order by name limit 2', interval: 60 },
  },
};

export const demoConfig = defineConfig({
  name: 'demo_config',
  description: 'The configuration of the demonstration.',
  genConfig: () => ({ demo: JSON.stringify(configuration) }),
});

if (import.meta.main) await serve([demoConfig], { name: 'demo_config' });
