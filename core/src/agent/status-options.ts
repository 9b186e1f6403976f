import type { FlagStore } from '../flags/index.ts';
import type { StatusOptions } from '../status.ts';

/** What a shell records unless it is told otherwise: WARNING and above. */
const shellMinStatus = 1;

/** The flags of the status log. */
export const statusOptions = (flags: FlagStore): StatusOptions => ({
  verbose: flags.get('verbose'),
  minStatus:
    flags.program.kind === 'shell' && flags.isDefault('logger_min_status')
      ? shellMinStatus
      : flags.get('logger_min_status'),
  minStderr: flags.get('logger_min_stderr'),
  stderr: flags.get('logger_stderr'),
});
