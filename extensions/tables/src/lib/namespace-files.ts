import type { FileView, ReadOptions } from '@outpost/sdk';
import { OutpostError } from '@outpost/sdk';
