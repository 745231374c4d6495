// The thread that owns the writing connection to an SQLite file. In: [id, script], a script being statements, [sql,
// parameters] or [sql, [], rows], that run in order up to the first failure. Out: [id, rows] when the last one gives rows,
// [id, null, changes, lastInsertRowid] when it does not, [id, null, 0, 0, {message, code}] for a failure.
// JavaScript, since a worker is loaded by its file: the same one under the tests' transform and in the build.
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'libsql';

const STATEMENTS_KEPT = 200;

const db = new Database(workerData.file);
for (const pragma of workerData.pragmas) db.pragma(pragma);

/** Prepared statements by their text, the oldest given up first. */
const statements = new Map();

function prepared(sql) {
  let statement = statements.get(sql);
  if (!statement) {
    statement = db.prepare(sql);
    statements.set(sql, statement);
    if (statements.size > STATEMENTS_KEPT) statements.delete(statements.keys().next().value);
  }
  return statement;
}

function answer(id, script) {
  try {
    let outcome;
    for (const [sql, parameters, rows] of script) {
      const statement = prepared(sql);
      if (rows !== undefined) for (const row of JSON.parse(rows)) outcome = statement.run(row);
      else outcome = statement.reader ? { rows: statement.all(...parameters) } : statement.run(...parameters);
    }
    return outcome.rows ? [id, outcome.rows] : [id, null, outcome.changes, outcome.lastInsertRowid];
  } catch (error) {
    return [id, null, 0, 0, { message: error.message, code: error.code }];
  }
}

parentPort.on('message', (message) => {
  if (message === 'close') {
    db.close();
    parentPort.close();
  } else {
    parentPort.postMessage(answer(...message));
  }
});
parentPort.postMessage('open');
