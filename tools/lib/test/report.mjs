import { duration, paint } from '../console.mjs';

/** Runs steps one after the other and counts. A step that throws has failed; the next one runs all the same. */
export class Report {
  #rows = [];

  /**
   * @param {string} name
   * @param {() => Promise<{ passed: number, failed: number, skipped?: number } | void>} work without counts it is one test
   * @returns {Promise<boolean>} whether nothing failed
   */
  async step(name, work) {
    console.log(paint('bold', `\n── ${name} ──`));
    const begun = Date.now();
    let counts;
    try {
      counts = (await work()) ?? { passed: 1, failed: 0 };
    } catch (error) {
      console.error(error.message);
      counts = { passed: 0, failed: 1 };
    }
    const row = { name, skipped: 0, ...counts, ms: Date.now() - begun };
    this.#rows.push(row);
    console.log(describe(row));
    return row.failed === 0;
  }

  /** Prints the table and, as the very last line, `N passed, N failed`. Returns the exit code. */
  finish() {
    const total = (key) => this.#rows.reduce((sum, row) => sum + row[key], 0);
    console.log(paint('bold', '\n── summary ──'));
    for (const row of this.#rows) console.log(describe(row));
    console.log(`in ${duration(total('ms'))}\n${total('passed')} passed, ${total('failed')} failed`);
    return total('failed') === 0 && total('passed') > 0 ? 0 : 1;
  }
}

function describe({ name, passed, failed, skipped, ms }) {
  const mark = failed === 0 ? paint('green', 'ok  ') : paint('red', 'FAIL');
  const counts = `${passed} passed${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}`;
  return `${mark} ${name.padEnd(26)} ${duration(ms).padStart(12)}   ${counts}`;
}
