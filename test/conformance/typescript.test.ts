import { conform } from './conform.ts';
import { typescript } from './sdks.ts';

conform(typescript);
