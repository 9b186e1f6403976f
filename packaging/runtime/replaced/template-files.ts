/** What core/src/runtime/template-files.ts is in the executable. */
import { getAsset } from 'node:sea';
import type { TemplateFile } from '../../../core/src/runtime/template-files.ts';

export const templateFiles = (): readonly TemplateFile[] =>
  JSON.parse(getAsset('templates', 'utf8')) as readonly TemplateFile[];
