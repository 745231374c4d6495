/**
 * Lets one piece of work run at a time, first come first served. Two targets that each ask for their next turn when the
 * last is done alternate step by step, so that a slow minute of a shared machine meets both. `before` runs ahead of each.
 */
export function turns(before) {
  let last = Promise.resolve();
  return (work) => {
    const mine = last.then(before).then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
