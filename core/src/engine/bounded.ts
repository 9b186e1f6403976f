/** Waits for some work, but no longer than so many milliseconds. @returns whether it was done in time */
export const bounded = async (work: Promise<unknown>, milliseconds: number): Promise<boolean> => {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), milliseconds);
  try {
    return await Promise.race([work.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
};

/** How long a thread may take to obey an interrupt or to answer a question, milliseconds; then it is terminated. */
export const graceMs = 2_000;

/** How long a thread may take to terminate, milliseconds; then it is abandoned: it hangs in a system call. */
export const terminateMs = 2_000;
