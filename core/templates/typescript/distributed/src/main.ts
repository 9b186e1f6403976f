#!/usr/bin/env node
import { serve } from '@outpost/sdk';
import { exampleName } from './example-name.ts';

await serve([exampleName], { name: 'example_name', version: '0.1.0' });
