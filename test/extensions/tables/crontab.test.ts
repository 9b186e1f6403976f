import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCrontab } from '../../../extensions/tables/src/lib/crontab.ts';
import { crontab } from '../../../extensions/tables/src/posix/crontab.ts';
import { machineWith, rowsOf } from './machine.ts';

const debian = `# /etc/crontab: system-wide crontab
SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin
MAILTO = "a b c d e f g"

# m h dom mon dow user	command
17 *	* * *	root    cd / && run-parts --report /etc/cron.hourly
25 6	* * *	root	test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }
`;
const alice = '@reboot   /home/alice/start  --now\n*/5 1-3 1,15 jan mon-fri\tmake -C x\n1 2 3 4\n@daily\n';

test('gives the jobs of the system and of users', t => {
  const files = machineWith(t, {
    'etc/crontab': debian,
    'etc/cron.d/e2scrub_all': '30 3 * * 0 root /sbin/e2scrub_all_cron\n',
    'etc/cron.d/.placeholder': '1 1 1 1 1 root no\n',
    'var/spool/cron/crontabs/alice': alice,
    'var/spool/cron/root': '0 0 * * * true\r\n',
  });
  const rows = rowsOf(crontab, { files });
  assert.deepEqual(
    rows.map(row => [row.path, row.command]),
    [
      ['/etc/crontab', 'root cd / && run-parts --report /etc/cron.hourly'],
      ['/etc/crontab', 'root test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }'],
      ['/etc/cron.d/e2scrub_all', 'root /sbin/e2scrub_all_cron'],
      ['/var/spool/cron/root', 'true'],
      ['/var/spool/cron/crontabs/alice', '/home/alice/start --now'],
      ['/var/spool/cron/crontabs/alice', 'make -C x'],
    ],
  );
  const times = rows
    .slice(4)
    .map(row => [row.event, row.minute, row.hour, row.day_of_month, row.month, row.day_of_week]);
  assert.deepEqual(times, [
    ['@reboot', '', '', '', '', ''],
    ['', '*/5', '1-3', '1,15', 'jan', 'mon-fri'],
  ]);
});

test("reads a container's crontabs", t => {
  const files = machineWith(t, {
    'etc/crontab': debian,
    'proc/7/ns/mnt': { link: 'mnt:[1]' },
    'proc/7/root/var/spool/cron/crontabs/app': '@hourly x\n',
  });
  const rows = rowsOf(crontab, { files, where: { pid_with_namespace: 7 } });
  assert.deepEqual(
    rows.map(row => [row.path, row.pid_with_namespace]),
    [['/var/spool/cron/crontabs/app', 7]],
  );
});

test('no content makes the parser throw', () => {
  const pieces = fc.constantFrom('@', '*', ' ', '\t', '\n', '#', '=', 'a', '1', '\r', '\ufffd', '\0');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 80 }), parts => {
      for (const job of parseCrontab(parts.join(''))) {
        assert.notEqual(job.command, '');
        assert.equal(job.event === '', job.dayOfWeek !== '');
      }
    }),
  );
});
