import { conform } from './conform.ts';
import { sdkPython } from './sdks.ts';

conform(sdkPython);
