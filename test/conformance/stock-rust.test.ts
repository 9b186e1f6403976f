import { conform } from './conform.ts';
import { rust } from './sdks.ts';

conform(rust);
