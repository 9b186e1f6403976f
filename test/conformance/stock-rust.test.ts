import { rust } from './sdks.ts';
import { conform } from './stock.ts';

conform(rust);
