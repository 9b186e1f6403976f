import { defineLogger } from '@outpost/sdk';

/** A logger that takes a line and never says that it has. */
export const stuck = defineLogger({
  name: 'stuck',
  description: 'Hangs.',
  logString: () => new Promise(() => undefined),
});
