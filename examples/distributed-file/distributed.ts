#!/usr/bin/env node
import { rename, rm, writeFile } from 'node:fs/promises';
import { defineDistributed, serve } from '@outpost/sdk';

const path = process.env.QUERIES_FILE ?? '/tmp/outpost-queries.json';

/** --distributed_plugin=file_example; put {"queries": {"who": "select * from users"}} into the file. */
export const fileDistributed = defineDistributed({
  name: 'file_example',
  description: 'Takes queries from one file and writes their results beside it.',
  async getQueries({ files }) {
    const text = files.readTextIfPresent(path);
    if (text === undefined) return { queries: {} };
    await rm(path);
    return text;
  },
  async writeResults(results) {
    await writeFile(`${path}.tmp`, `${JSON.stringify(results, undefined, 2)}\n`);
    await rename(`${path}.tmp`, `${path}.results`);
  },
});

if (import.meta.main) await serve([fileDistributed], { name: 'distributed-file' });
