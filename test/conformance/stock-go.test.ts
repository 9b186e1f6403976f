import { go } from './sdks.ts';
import { conform } from './stock.ts';

conform(go);
