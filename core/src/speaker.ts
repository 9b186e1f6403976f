/** Says something in the status log; the part of it that others need. */
export interface Speaker {
  info(source: string, message: string): void;
  warning(source: string, message: string): void;
  error(source: string, message: string): void;
  verbose(source: string, message: string): void;
}
