import { conform } from './conform.ts';
import { sdkGo } from './sdks.ts';

conform(sdkGo);
