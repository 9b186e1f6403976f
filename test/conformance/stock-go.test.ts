import { conform } from './conform.ts';
import { go } from './sdks.ts';

conform(go);
