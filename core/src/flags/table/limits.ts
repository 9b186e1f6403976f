import { runtime, shell } from '../definition.ts';

/** Flags of what a query may use up. */
export const limitFlags = {
  distributed_cpu_limit: runtime('uint64', '150', 'Seconds of CPU time that a distributed query may use, 0 for any'),
  extensions_query_cpu_limit: runtime(
    'uint64',
    '150',
    'Seconds of CPU time that a query of an extension may use, 0 for any',
  ),
  extensions_query_deadline: runtime('uint64', '300', 'Seconds that a query of an extension may take, 0 for any'),
  query_max_bytes: runtime('uint64', '1073741824', 'Bytes that the result of a query may have, 0 for any'),
  query_max_rows: runtime('uint64', '10000000', 'Rows that the result of a query may have, 0 for any'),
  query_memory_limit: runtime('uint64', '256', 'MiB that SQLite may allocate for a query, 0 for any'),
  schedule_cpu_limit: runtime('uint64', '300', 'Seconds of CPU time that a scheduled query may use, 0 for any'),
  shell_cpu_limit: shell('uint64', '0', 'Seconds of CPU time that a statement may use, 0 for any'),
  shell_deadline: shell('uint64', '0', 'Seconds that a statement may take, 0 for any'),
};
