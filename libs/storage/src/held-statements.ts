/** With `rows`, a JSON array of parameter lists, it runs once for each of them. */
export type Statement = readonly [sql: string, parameters: readonly unknown[], rows?: string];

/**
 * What a transaction has said and not sent. A trip to the database and back costs more than most statements, so what
 * nobody waits for travels with the next statement: BEGIN with the first, held writes with the COMMIT (docs/adr/0013).
 */
export class HeldStatements {
  private held: Statement[] = [];

  /**
   * @param begin how the dialect, as TypeORM speaks it, begins a transaction
   * @param said what is said for it
   */
  constructor(
    private readonly begin: string,
    private readonly said = begin,
  ) {}

  /** A write whose outcome is not asked for. If it fails, the next statement, at the latest the COMMIT, fails for it. */
  hold(statement: Statement): void {
    this.held.push(statement);
  }

  /** What to send now that this statement is wanted: run in order, up to the first failure. Nothing, if it can wait. */
  scriptFor(sql: string, parameters: readonly unknown[]): Statement[] {
    if (sql === this.begin) {
      this.held = [[this.said, parameters]];
      return [];
    }
    const begun = this.held[0]?.[0] !== this.said;
    const script: Statement[] = sql === 'ROLLBACK' ? [] : this.held;
    this.held = [];
    if (sql === 'ROLLBACK' && !begun) return [];
    return [...script, [sql, parameters]];
  }
}
