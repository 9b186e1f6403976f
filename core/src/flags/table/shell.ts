import { shell } from '../definition.ts';

/** Flags of the interactive shell. */
export const shellFlags = {
  A: shell('string', '', 'Select everything from this table and end'),
  L: shell('bool', 'false', 'List all tables and end'),
  connect: shell('string', '', 'Send queries to the extension manager at this socket'),
  csv: shell('bool', 'false', 'Print rows as CSV'),
  extension: shell('string', '', 'Start this extension, whoever owns its file'),
  header: shell('bool', 'true', 'Print the names of columns in list, column and CSV output'),
  json: shell('bool', 'false', 'Print rows as JSON'),
  json_numerics: shell('bool', 'false', 'Print numbers as numbers and NULL as null in JSON'),
  json_pretty: shell('bool', 'false', 'Print rows as indented JSON'),
  line: shell('bool', 'false', 'Print each value on a line of its own'),
  list: shell('bool', 'false', 'Print rows with a separator between values'),
  output: shell('string', '', 'Write results to this file, - for stdout'),
  profile: shell('int32', '0', 'Run the query so many times and print nothing'),
  query: shell('string', '', 'Run this SQL and end'),
  query_file: shell('string', '', 'Run the SQL in this file and end'),
  separator: shell('string', '|', 'What separates values in list and CSV output, 19 bytes at most'),
};
