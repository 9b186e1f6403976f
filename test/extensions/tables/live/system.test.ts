import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelInfo } from '../../../../extensions/tables/src/common/kernel_info.ts';
import { systemInfo } from '../../../../extensions/tables/src/common/system_info.ts';
import { kernelModules } from '../../../../extensions/tables/src/linux/kernel_modules.ts';
import { memoryInfo } from '../../../../extensions/tables/src/linux/memory_info.ts';
import { sharedMemory } from '../../../../extensions/tables/src/linux/shared_memory.ts';
import { blockDevices } from '../../../../extensions/tables/src/posix/block_devices.ts';
import { cpuTime } from '../../../../extensions/tables/src/posix/cpu_time.ts';
import { systemControls } from '../../../../extensions/tables/src/posix/system_controls.ts';
import { ulimitInfo } from '../../../../extensions/tables/src/posix/ulimit_info.ts';
import { rowsOf } from '../machine.ts';
import { linesOf, withTools } from './tools.ts';

test('limits agree with prlimit', withTools('/usr/bin/prlimit'), () => {
  const expected = linesOf('prlimit', '-p', String(process.pid), '--raw', '--noheadings', '-o', 'RESOURCE,SOFT,HARD')
    .map(line => line.toLowerCase().split(' '))
    .filter(([type]) => type !== 'rttime');
  assert.deepEqual(
    rowsOf(ulimitInfo).map(row => [row.type, row.soft_limit, row.hard_limit]),
    expected.toSorted(),
  );
});

test('memory agrees with free', withTools('/usr/bin/free'), () => {
  const [, total] = linesOf('free', '-b')[1]?.split(/\s+/) ?? [];
  const [, swap] = linesOf('free', '-b')[2]?.split(/\s+/) ?? [];
  const [row] = rowsOf(memoryInfo);
  assert.deepEqual([row?.memory_total, row?.swap_total], [Number(total), Number(swap)]);
});

test('processors agree with lscpu', withTools('/usr/bin/lscpu'), () => {
  const all = linesOf('lscpu', '-p=CPU,CORE,SOCKET').filter(line => !line.startsWith('#'));
  const columns = [0, 1, 2].map(column => new Set(all.map(line => line.split(',')[column])).size);
  const [row] = rowsOf(systemInfo);
  assert.deepEqual([row?.cpu_logical_cores, row?.cpu_physical_cores, row?.cpu_sockets], columns);
  assert.deepEqual(
    rowsOf(cpuTime).map(cpu => String(cpu.core)),
    all.map(line => line.split(',')[0]),
  );
});

test('the kernel agrees with uname', withTools('/usr/bin/uname'), () => {
  const [row] = rowsOf(systemInfo);
  assert.deepEqual(
    [rowsOf(kernelInfo)[0]?.version, row?.cpu_type, row?.computer_name],
    [...['-r', '-m', '-n'].map(option => linesOf('uname', option)[0])],
  );
});

test('modules agree with lsmod', withTools('/usr/sbin/lsmod'), () => {
  const expected = linesOf('lsmod')
    .slice(1)
    .map(line => line.split(/\s+/).slice(0, 2));
  assert.deepEqual(
    rowsOf(kernelModules).map(row => [row.name, String(row.size)]),
    expected,
  );
});

test('settings agree with sysctl', withTools('/usr/sbin/sysctl'), () => {
  const names = ['kernel.osrelease', 'kernel.pid_max', 'net.ipv4.ip_forward', 'vm.swappiness', 'fs.file-max'];
  assert.deepEqual(
    rowsOf(systemControls, { where: { name: names } })
      .map(row => `${row.name} = ${row.current_value}`)
      .toSorted(),
    linesOf('sysctl', ...names).toSorted(),
  );
});

test('shared memory agrees with ipcs', withTools('/usr/bin/ipcs', '/usr/bin/ipcmk', '/usr/bin/ipcrm'), t => {
  const id = Number(/\d+/.exec(linesOf('ipcmk', '-M', '12345', '-p', '0640')[0] ?? '')?.[0]);
  t.after(() => linesOf('ipcrm', '-m', String(id)));
  const [, shmid, , permissions, bytes, attached] =
    linesOf('ipcs', '-m')
      .map(line => line.split(/\s+/))
      .find(fields => Number(fields[1]) === id) ?? [];
  const [row] = rowsOf(sharedMemory).filter(segment => segment.shmid === id);
  assert.deepEqual(
    [row?.shmid, row?.owner_uid, row?.permissions, row?.size, row?.attached, row?.dtime],
    [Number(shmid), process.geteuid?.(), `0${permissions}`, Number(bytes), Number(attached), 0],
  );
});

test('block devices agree with lsblk', withTools('/usr/bin/lsblk'), () => {
  const expected = linesOf('lsblk', '-a', '-n', '-b', '-p', '-P', '-o', 'NAME,SIZE,LOG-SEC,PKNAME')
    .map(line => [...line.matchAll(/"([^"]*)"/g)].map(([, value]) => value))
    .map(([name, size, sector, parent]) => [name, Number(size) / 512, Number(sector), parent]);
  const rows = rowsOf(blockDevices).map(row => [row.name, row.size, row.block_size, row.parent]);
  const byName = (list: unknown[][]) => new Map(list.map(row => [row[0], row]));
  assert.deepEqual([...byName(rows)].toSorted(), [...byName(expected)].toSorted());
  assert.ok(rows.length > 0);
});
