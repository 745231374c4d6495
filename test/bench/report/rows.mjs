/** Median, least and greatest of what `pick` reads from each round; rounds without it are left out. */
export function spread(rounds, pick) {
  const values = rounds
    .map((round) => {
      try {
        return pick(round);
      } catch {
        return undefined; // this round did not come so far
      }
    })
    .filter((value) => Number.isFinite(value))
    .sort((a, b) => a - b);
  if (values.length === 0) return { median: NaN, min: NaN, max: NaN };
  const middle = (values.length - 1) / 2;
  return {
    median: (values[Math.floor(middle)] + values[Math.ceil(middle)]) / 2,
    min: values[0],
    max: values.at(-1),
  };
}

/** Both sides of a comparison and their ratio, taken within each round. */
export const compare = (rounds, pick) => ({
  own: spread(rounds, (round) => pick(round.Dunlin)),
  reference: spread(rounds, (round) => pick(round.R)),
  ratio: spread(rounds, (round) => pick(round.Dunlin) / pick(round.R)),
  difference: spread(rounds, (round) => pick(round.Dunlin) - pick(round.R)),
});

/**
 * A line of the final table.
 *
 * @param {object} line
 * @param {string | number} line.goal its number in the list of goals, or '–' for a figure without a goal
 * @param {string} line.what
 * @param {string} line.wanted in words
 * @param {object} line.own a spread
 * @param {object} [line.reference] R's
 * @param {object} [line.ratio]
 * @param {object} [line.judged] the spread that a bound is for
 * @param {number} [line.atLeast]
 * @param {number} [line.atMost]
 */
export function row({ goal, what, wanted = '', own, reference, ratio, judged, atLeast, atMost }) {
  const line = { goal, what, wanted, own, reference, ratio };
  if (judged === undefined) return line;
  line.met = atLeast === undefined ? judged.median <= atMost : judged.median >= atLeast;
  // 1 is the goal, less is short of it
  line.reached = atLeast === undefined ? atMost / judged.median : judged.median / atLeast;
  return line;
}

/** Rows as a Markdown table. */
export function table(rows) {
  const cells = rows.map((one) => [
    one.topology,
    String(one.goal),
    one.what,
    one.wanted,
    show(one.own),
    show(one.reference),
    show(one.ratio),
    verdict(one),
  ]);
  const head = ['topology', '#', 'what', 'goal', 'figure (min–max)', 'R', 'ratio (min–max)', 'result'];
  const line = (list) => `| ${list.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...cells.map(line)].join('\n');
}

function verdict({ met, reached }) {
  if (met === undefined) return '';
  return met ? 'met' : `**${Math.round(reached * 100)} % of the goal**`;
}

function show(one) {
  if (one === undefined) return '';
  if (!Number.isFinite(one.median)) return 'none';
  return one.min === one.max ? number(one.median) : `${number(one.median)} (${number(one.min)}–${number(one.max)})`;
}

const number = (value) =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
