import type { Shell } from '../shell.ts';
import { done, failed, type MetaCommand, type MetaOutcome } from './command.ts';

/** Sends SQL to the manager at a socket from now on. The socket is tried by the first statement. */
export const connect = async (shell: Shell, socketPath: string): Promise<MetaOutcome> => {
  if (shell.remote !== undefined) return failed(shell, 'Error: Please disconnect from the current socket');
  shell.remote = await shell.host.openRemote(socketPath);
  shell.print(`${shell.bold(`Connected to extension socket ${socketPath} for debugging`)}\n`);
  return done;
};

const disconnect = async (shell: Shell): Promise<MetaOutcome> => {
  const { remote } = shell;
  if (remote === undefined) return failed(shell, 'Error: Not connected to a socket');
  shell.remote = undefined;
  await remote.close();
  shell.print(`${shell.bold(`Disconnected from extension socket ${remote.socketPath}`)}\n`);
  return done;
};

const socket = (shell: Shell): MetaOutcome => {
  const remote = shell.remote === undefined ? '' : ` (connected to ${shell.remote.socketPath})`;
  shell.print(`${shell.flags.get('extensions_socket')}${remote}\n`);
  return done;
};

/** `.socket`, `.connect` and `.disconnect`. */
export const connectionCommands: readonly MetaCommand[] = [
  { name: 'socket', least: 1, words: [0, 0], usage: '', help: 'Show the path of the extension socket', run: socket },
  {
    name: 'connect',
    least: 1,
    words: [1, 1],
    usage: 'PATH',
    help: 'Send SQL to the extension manager at this socket',
    run: (shell, [path = '']) => connect(shell, path),
  },
  { name: 'disconnect', least: 1, words: [0, 0], usage: '', help: 'Send SQL to this process again', run: disconnect },
];
