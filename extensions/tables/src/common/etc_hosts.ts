import { defineTable, text } from '@outpost/sdk';
import { parseHosts } from '../lib/hosts.ts';
import { pidWithNamespace, placesOf } from '../lib/namespace.ts';

/**
 * The first table to read when you write one: it ignores constraints.
 *
 * A query such as `select * from etc_hosts where address = '::1'` offers its constraint to `generate`, but nothing has to be made
 * of it. SQLite checks every row again, so a generator that gives all rows is always right, and for a small file also fast enough.
 * For a table that looks at constraints see `users`, for one that cannot do without see `hash`.
 */
export const etcHosts = defineTable({
  name: 'etc_hosts',
  // Each alias becomes a view, so `select * from hosts` works too.
  aliases: ['hosts'],
  description: 'Lines of /etc/hosts.',
  platforms: ['linux', 'macos', 'windows'],
  // Rows may be kept between runs of a schedule when a query allows it.
  attributes: { cacheable: true },
  examples: ["select address from etc_hosts where hostnames like '%localhost%'"],
  // The order of the keys is the order of `select *`. The compiler takes the type of a row from here.
  columns: {
    address: text('IP address'),
    hostnames: text('Host names of the address, separated by spaces'),
    ...pidWithNamespace,
  },
  // `function*` gives row after row; a plain function that returns an array does as well.
  *generate(context) {
    // Every file is read through a view of the machine's files, never with node:fs: a test puts a directory of its own in
    // its place, and here it is how `pid_with_namespace` reads a container's /etc/hosts.
    for (const { files, pid } of placesOf(context)) {
      // A file that is not there is no error, and no rows.
      const content = files.readTextIfPresent('/etc/hosts') ?? '';
      for (const { address, hostnames } of parseHosts(content)) yield { address, hostnames, pid_with_namespace: pid };
    }
  },
});
