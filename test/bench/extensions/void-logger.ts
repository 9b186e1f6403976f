// A logger in a process of its own that does nothing with its lines.
import { defineLogger, serve } from '@outpost/sdk';

const logger = defineLogger({ name: 'void', description: 'Takes lines and forgets them.', logString: () => undefined });

await serve([logger], { name: 'void' });
