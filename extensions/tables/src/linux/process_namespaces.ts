import { defineTable, integer, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { namespaceNumber } from '../lib/namespace.ts';
import { wantedPids } from '../lib/process/wanted.ts';

/** The namespaces that processes are in. */
export const processNamespaces = defineTable({
  name: 'process_namespaces',
  description: 'Namespace inode numbers of processes.',
  platforms: ['linux'],
  examples: ['select pid, mnt_namespace from process_namespaces group by mnt_namespace having count(*) = 1'],
  columns: {
    pid: integer('Id of the process', { index: true, optimized: true }),
    cgroup_namespace: text('Number of the control group namespace; empty when it cannot be told, as all of them'),
    ipc_namespace: text('Number of the IPC namespace'),
    mnt_namespace: text('Number of the mount namespace'),
    net_namespace: text('Number of the network namespace'),
    pid_namespace: text('Number of the process id namespace'),
    user_namespace: text('Number of the user namespace'),
    uts_namespace: text('Number of the namespace of the host name'),
  },
  order: ['pid'],
  exact: ['pid'],
  *generate(context) {
    const { files } = context;
    const losses = new Losses('cannot be read');
    for (const pid of wantedPids(context)) {
      if (context.aborted) return;
      const numberOf = (name: string): string => {
        const path = `/proc/${pid}/ns/${name}`;
        return namespaceNumber(losses.attempt(path, () => files.readlink(path)));
      };
      yield {
        pid,
        cgroup_namespace: numberOf('cgroup'),
        ipc_namespace: numberOf('ipc'),
        mnt_namespace: numberOf('mnt'),
        net_namespace: numberOf('net'),
        pid_namespace: numberOf('pid'),
        user_namespace: numberOf('user'),
        uts_namespace: numberOf('uts'),
      };
    }
    losses.report(context);
  },
});
