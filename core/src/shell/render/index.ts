import type { ResultTable } from '../result.ts';
import type { Settings } from '../settings.ts';
import { renderColumn } from './column.ts';
import { renderJson, renderJsonPretty } from './json.ts';
import { renderLine } from './line.ts';
import { renderPretty } from './pretty.ts';
import { renderCsv, renderList } from './separated.ts';

/** What the shell prints for the results of one input, as byte strings, in the mode that is set. */
export const render = (tables: readonly ResultTable[], settings: Settings): Iterable<string> => {
  if (settings.mode === 'list') return renderList(tables, settings);
  if (settings.mode === 'csv') return renderCsv(tables, settings);
  if (settings.mode === 'line') return renderLine(tables, settings.nullvalue);
  if (settings.mode === 'column') return renderColumn(tables, settings);
  if (settings.pretty === 'json') return renderJson(tables, settings.prettyNullvalue);
  if (settings.pretty === 'json_pretty') return renderJsonPretty(tables, settings.prettyNullvalue);
  return renderPretty(tables, settings.prettyNullvalue);
};
