#!/usr/bin/env node
// The examples in TypeScript together: what the examples in other languages are as one program each.
import { serve } from '@outpost/sdk';
import { fileConfig } from '../../examples/config-file/config.ts';
import { fileDistributed } from '../../examples/distributed-file/distributed.ts';
import { hello } from '../../examples/hello-table/hello.ts';
import { fileLogger } from '../../examples/logger-file/logger.ts';
import { notesTable } from '../../examples/notes-table/notes.ts';

const plugins = [hello, notesTable, fileConfig, fileLogger, fileDistributed];
await serve(plugins, { name: 'example_typescript', version: '1.0.0' });
