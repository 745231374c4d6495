import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANOMALIES, check } from './check.mjs';
import { contentHistories } from './content-histories.mjs';
import { orderHistories } from './order-histories.mjs';
import { story } from './story.mjs';
import { Synthetic } from './synthetic.mjs';

/** The names of what is found in a history that a function makes. */
function found(make) {
  const world = new Synthetic();
  make(world);
  return new Set(check(world.operations).anomalies.map(({ name }) => name));
}

const histories = [...contentHistories, ...orderHistories];
for (const [name, what, { wrong, right }] of histories)
  test(`${name}: ${what}`, () => {
    assert.ok(found(wrong).has(name), `found ${[...found(wrong)].join(', ') || 'nothing'}`);
    assert.deepEqual([...found(right)], []);
  });

const day = (world) => {
  const first = world.send('ann', 'm1');
  world.push('ben', [world.log().at(-1)]);
  world.send('ben', 'm2');
  world.read('ann', 4);
  world.attempt('ann', 'm1', { outcome: 'ok', seq: first.seq, messageId: first.messageId, duplicate: true });
  world.history('ben');
};

test('a day on which all goes well has no anomaly', () => {
  const world = new Synthetic();
  day(world);
  world.sync('ann', [{ conversation: 'g1', lastSeq: 4, readSeq: 4, unread: 0 }], { final: true });
  const verdict = check(world.end());
  assert.deepEqual(verdict.anomalies, []);
  assert.equal(verdict.valid, true);
  assert.deepEqual(verdict.sends, { asked: 2, acked: 2, refused: 0, unknown: 0, repeated: 1 });
});

test('every anomaly has a history that shows it', () => {
  assert.deepEqual(
    ANOMALIES.filter((name) => !histories.some(([shown]) => shown === name)),
    [],
  );
});

test('an unknown outcome that turned up is counted, not held against the server', () => {
  const world = new Synthetic();
  world.send('ann', 'm1', { outcome: 'info', seq: undefined, messageId: undefined });
  const verdict = check(world.end());
  assert.equal(verdict.valid, true);
  assert.equal(verdict.recovered, 1);
});

test('unseen counts what a connected device did not get live', () => {
  const world = new Synthetic();
  world.operations.push({ op: 'connect', device: 'ben-1', user: 'ben', connection: 1, at: 0 });
  world.send('ann', 'm1');
  world.push('ben', [world.log().at(-1)]);
  world.send('ann', 'm2');
  const { unseen } = check(world.end());
  assert.equal(unseen.expected, 2);
  assert.equal(unseen.unseen, 1);
});

test('a history of 200,000 operations is judged within seconds', () => {
  const world = new Synthetic();
  for (let i = 0; i < 100_000; i++) {
    world.send(i % 2 ? 'ann' : 'ben', `m${i}`);
    world.push(i % 2 ? 'ben' : 'ann', [world.log().at(-1)]);
  }
  const begun = performance.now();
  assert.equal(check(world.end()).valid, true);
  assert.ok(performance.now() - begun < 10_000);
});

test('the story of an anomaly says who did what and who saw what', () => {
  const world = new Synthetic();
  world.send('ann', 'm1');
  world.push('ben', [world.log().at(-1)]);
  world.log().pop();
  const [anomaly] = check(world.end()).anomalies;
  const text = story(world.operations, anomaly);
  assert.match(text, /ann-1 sends m1/);
  assert.match(text, /ann-1 is told ok, seq 3 for m1/);
  assert.match(text, /ben-1 gets live seq 3: m1/);
});
