/** Now, in milliseconds on a clock that runs alike in all threads and is never set back. */
export const clock = (): number => performance.timeOrigin + performance.now();
