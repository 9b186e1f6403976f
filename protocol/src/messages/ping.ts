import type { ExtensionStatus } from '../types.ts';
import { type Message, noArguments } from './message.ts';
import { statusResult } from './status.ts';

/** Is anybody there? osquery asks before each call. */
export const ping: Message<readonly [], ExtensionStatus> = {
  name: 'ping',
  arguments: noArguments('ping'),
  result: statusResult('ping'),
};
