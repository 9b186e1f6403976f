import { defineConfig } from '@outpost/sdk';

/** --config_plugin=example_name */
export const exampleName = defineConfig({
  name: 'example_name',
  description: 'A schedule that is made up on the spot.',
  genConfig: ({ files }) => {
    const hasShells = files.exists('/etc/shells');
    const schedule = {
      uptime: { query: 'select total_seconds from uptime', interval: 60 },
      ...(hasShells && { shells: { query: "select path, size from file where path = '/etc/shells'", interval: 3600 } }),
    };
    return { example_name: JSON.stringify({ schedule }) };
  },
});
