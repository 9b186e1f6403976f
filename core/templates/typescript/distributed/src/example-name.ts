import { appendFile, rename, rm } from 'node:fs/promises';
import { defineDistributed } from '@outpost/sdk';

const path = (): string => process.env.EXAMPLE_NAME_FILE ?? '/tmp/example-name.json';

/** --distributed_plugin=example_name; put {"queries": {"who": "select * from users"}} into the file. */
export const exampleName = defineDistributed({
  name: 'example_name',
  description: 'Takes live queries from a file and appends their results to another.',
  async getQueries({ files }) {
    const taken = `${path()}.taken`;
    if (!files.exists(path())) return { queries: {} };
    await rename(path(), taken);
    const text = files.readText(taken);
    await rm(taken);
    return text;
  },
  async writeResults(results) {
    await appendFile(`${path()}.results`, results.map(result => `${JSON.stringify(result)}\n`).join(''));
  },
});
