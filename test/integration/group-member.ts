// Registers an extension as a user who is no more than a member of a group: SOCKET UID GROUP (none: no group). Prints the answer, and serves.
import { ExtensionManagerClient, serveExtension, unixEndpoint } from '@outpost/protocol';

const [, , socket = '', uid = '', group] = process.argv;

const ask = async <T>(work: (client: ExtensionManagerClient) => Promise<T>): Promise<T> => {
  using client = await ExtensionManagerClient.connect(unixEndpoint(socket));
  return await work(client);
};
const serve = (path: string) =>
  serveExtension(unixEndpoint(path), {
    ping: () => ({ code: 0, message: 'pong', uuid: 0 }),
    call: () => ({ status: { code: 0, message: 'OK', uuid: 0 }, response: [{ uid }] }),
    shutdown: () => process.exit(),
  });

// All code is loaded while this user may read it.
await ask(client => client.ping());
await (await serve(`${socket}.load`)).close();
process.setgroups?.(group === undefined ? [] : [Number(group)]);
process.setgid?.(Number(uid));
process.setuid?.(Number(uid));

const info = { name: 'member', version: '1', sdkVersion: '', minSdkVersion: '' };
const table = { member: [{ id: 'column', name: 'uid', type: 'TEXT', op: '0' }] };
try {
  const status = await ask(client => client.registerExtension(info, { table }));
  console.log(JSON.stringify(status));
  if (status.code === 0) await serve(`${socket}.${status.uuid}`);
} catch (error) {
  console.log(String((error as Error).cause ?? error));
}
