import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A statement, and a program that finds out the same. */
export interface Duel {
  readonly name: string;
  readonly sql: string;
  /** Does the same once; gives the milliseconds that it took. */
  readonly rival: () => number;
  /** The largest ratio; to know, when left out. */
  readonly atMost?: number;
  /** How often each has its turn. */
  readonly rounds: number;
}

const status = '/var/lib/dpkg/status';
/** What `find` prints of a file: the columns of the table `file` that it knows. */
const findFormat = '%p\\t%h\\t%f\\t%i\\t%U\\t%G\\t%m\\t%s\\t%A@\\t%T@\\t%C@\\t%n\\t%Y\\t%l\\n';
const [few, many] = [5, 40];

const timed = (work: () => unknown): number => {
  const began = performance.now();
  work();
  return performance.now() - began;
};

/** Runs programs one after another, from start to end, with their output thrown away. */
const running =
  (...commands: readonly (readonly [string, ...string[]])[]) =>
  (): number =>
    timed(() => {
      for (const [program, ...args] of commands) {
        const { error } = spawnSync(program, args, { stdio: 'ignore' });
        if (error !== undefined) throw error;
      }
    });

/** Starts a program that does nothing; gives the milliseconds that it took. They are in what each program here takes. */
export const startNothing = running(['true']);

const overTree = (tree: string): Duel[] => {
  const digesting = (program: string) => ['find', tree, '-type', 'f', '-exec', program, '{}', '+'] as const;
  const where = `where path like '${tree}/%%'`;
  return [
    {
      name: 'file, all columns of 50,000 files, beside find -printf',
      sql: `select * from file ${where}`,
      rival: running(['find', tree, '-printf', findFormat]),
      rounds: few,
    },
    {
      name: 'hash, SHA-256 of 50,000 files, beside sha256sum',
      sql: `select path, sha256 from hash ${where}`,
      rival: running(digesting('sha256sum')),
      rounds: few,
    },
    {
      name: 'hash, three digests of 50,000 files, beside md5sum, sha1sum and sha256sum',
      sql: `select * from hash ${where}`,
      rival: running(digesting('md5sum'), digesting('sha1sum'), digesting('sha256sum')),
      rounds: few,
    },
  ];
};

const fieldsOf = (stanza: string): Map<string, string> => {
  const lines = stanza.split('\n').filter(line => !line.startsWith(' '));
  return new Map(lines.map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
};

const overPackages = (directory: string): Duel[] => {
  const program = join(directory, 'split-status');
  execFileSync('cc', ['-O2', '-o', program, join(import.meta.dirname, 'split-status.c')]);
  /** The last of some rounds: the program is warm, as we are. */
  const warm = (): number =>
    Number.parseFloat(execFileSync(program, [status, '5']).toString().trim().split('\n').at(-1) ?? '') / 1000;
  const byHand = (): number => timed(() => readFileSync(status, 'utf8').split('\n\n').map(fieldsOf));
  const sql = 'select * from deb_packages';
  return [
    { name: 'deb_packages, beside its file read and split by hand', sql, rival: byHand, rounds: many, atMost: 2 },
    {
      name: 'deb_packages, beside a program in C that splits its file, start to end',
      sql,
      rival: running([program, status, '1']),
      rounds: many,
    },
    { name: 'deb_packages, beside one round of that program, warm', sql, rival: warm, rounds: many },
  ];
};

const overMachine: readonly Duel[] = [
  { name: 'mounts, beside cat', sql: 'select * from mounts', rival: running(['cat', '/proc/mounts']), rounds: many },
  { name: 'users, beside getent', sql: 'select * from users', rival: running(['getent', 'passwd']), rounds: many },
  {
    name: 'system_controls, beside sysctl',
    sql: 'select * from system_controls',
    rival: running(['sysctl', '-a']),
    rounds: many,
  },
  {
    name: 'kernel_modules, beside cat',
    sql: 'select * from kernel_modules',
    rival: running(['cat', '/proc/modules']),
    rounds: many,
  },
];

/** All comparisons. @param tree where 50,000 files are @param directory where a program may be built */
export const duels = (tree: string, directory: string): readonly Duel[] => [
  ...overTree(tree),
  ...overPackages(directory),
  ...overMachine,
];
