#!/usr/bin/env node
// Live queries from a spool directory.
import { spoolDistributed } from '@outpost/distributed';
import { serve } from '@outpost/sdk';
import { demoPaths } from './directory.ts';

export const demoDistributed = spoolDistributed({ directory: demoPaths.spool, name: 'demo_distributed' });

if (import.meta.main) await serve([demoDistributed], { name: 'demo_distributed' });
