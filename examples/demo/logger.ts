#!/usr/bin/env node
// A logger that appends what changed to one file, and what the agent says about itself to another.
import { appendFile } from 'node:fs/promises';
import { defineLogger, serve } from '@outpost/sdk';
import { demoPaths } from './directory.ts';

export const demoLogger = defineLogger({
  name: 'demo_logger',
  description: 'Appends to two files.',
  logString: line => appendFile(demoPaths.results, `${line}\n`),
  logStatus: statuses =>
    appendFile(demoPaths.status, statuses.map(({ file, message }) => `${file}: ${message}\n`).join('')),
});

if (import.meta.main) await serve([demoLogger], { name: 'demo_logger' });
