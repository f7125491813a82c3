/**
 * A promise whose work starts when somebody first awaits it. inversify's synchronous `load` refuses
 * a module that returns a promise, and drops it: work that had already begun would be left behind.
 */
export function lazily<T>(start: () => Promise<T>): Promise<T> {
  let started: Promise<T> | undefined;
  const promise = () => {
    started ??= start();
    return started;
  };
  return {
    // biome-ignore lint/suspicious/noThenProperty: being awaited is what starts it
    then: (onValue, onError) => promise().then(onValue, onError),
    catch: (onError) => promise().catch(onError),
    finally: (onEnd) => promise().finally(onEnd),
    [Symbol.toStringTag]: 'Promise',
  };
}
