import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANOMALIES, check } from './check.mjs';
import { story } from './story.mjs';
import { hashOf, Synthetic } from './synthetic.mjs';

const covered = new Set();

/** The names of what is found in a history that a function makes. */
function found(make) {
  const world = new Synthetic();
  make(world);
  return new Set(check(world.operations).anomalies.map(({ name }) => name));
}

/** A history shows this anomaly, and the same history put right shows none. */
function shows(name, what, { wrong, right }) {
  covered.add(name);
  test(`${name}: ${what}`, () => {
    assert.ok(found(wrong).has(name), `found ${[...found(wrong)].join(', ') || 'nothing'}`);
    assert.deepEqual([...found(right)], []);
  });
}

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

shows('lost', 'acked, and not in the database', {
  wrong: (world) => {
    world.send('ann', 'm1');
    world.log().pop();
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.end();
  },
});

shows('lost', 'acked, and not in what a member reads in the end', {
  wrong: (world) => {
    world.send('ann', 'm1');
    world.end({ readers: ['ann'], items: world.log().slice(0, 2) });
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.end();
  },
});

shows('phantom', 'seen, and nobody sent it', {
  wrong: (world) => {
    const item = { conversation: 'g1', seq: 3, id: 'g1-3', sender: 'ann', type: 'text', ref: 'x', hash: hashOf('x') };
    world.log().push(item);
    world.end();
  },
  right: (world) => world.end(),
});

shows('aborted-read', 'refused, and there all the same', {
  wrong: (world) => {
    const sent = world.send('ann', 'm1');
    Object.assign(sent, { outcome: 'fail', code: 'not_a_member' });
    world.end();
  },
  right: (world) => {
    world.attempt('ann', 'm1', { outcome: 'fail', code: 'not_a_member' });
    world.end();
  },
});

shows('aborted-read', 'shown live before a commit that never came', {
  wrong: (world) => {
    world.send('ann', 'm1', { outcome: 'info', seq: undefined, messageId: undefined });
    world.push('ben', [world.log().pop()]);
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1', { outcome: 'info', seq: undefined, messageId: undefined });
    world.push('ben', [world.log().at(-1)]);
    world.end();
  },
});

shows('duplicate', 'one clientMsgId is stored twice', {
  wrong: (world) => {
    world.send('ann', 'm1', { outcome: 'info' });
    world.send('ann', 'm1');
    world.end();
  },
  right: (world) => {
    world.attempt('ann', 'm1', { outcome: 'info' });
    world.send('ann', 'm1');
    world.end();
  },
});

shows('duplicate', 'one message is twice on a page', {
  wrong: (world) => {
    world.send('ann', 'm1');
    world.history('ben', { items: [...world.log().slice(1), world.log().at(-1)] });
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.history('ben');
    world.end();
  },
});

shows('inconsistent-offset', 'two messages were shown at one seq', {
  wrong: (world) => {
    world.attempt('ann', 'm0', { outcome: 'info' });
    world.push('ben', [
      {
        ...world.log().at(-1),
        seq: 3,
        id: 'g1-3',
        type: 'text',
        event: undefined,
        subject: undefined,
        ref: 'm0',
        hash: hashOf('m0'),
      },
    ]);
    world.send('ann', 'm1');
    world.end({ tables: false });
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.push('ben', [world.log().at(-1)]);
    world.end();
  },
});

shows('inconsistent-offset', 'a seq was acked for another message than is there', {
  wrong: (world) => {
    world.send('ann', 'm1');
    world.send('ben', 'm2', { seq: 3, messageId: 'g1-3' });
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.send('ben', 'm2');
    world.end();
  },
});

shows('gap', 'a seq is missing in the log', {
  wrong: (world) => {
    world.log().at(-1).seq = 3;
    world.end();
  },
  right: (world) => world.end(),
});

shows('gap', 'a page leaves out what comes right after the cursor', {
  wrong: (world) => {
    world.send('ann', 'm1');
    world.send('ann', 'm2');
    world.history('ben', { after: 2, items: world.log().slice(3) });
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.send('ann', 'm2');
    world.history('ben', { after: 2 });
    world.end();
  },
});

shows('nonmonotonic-send', 'two sends of one device changed places', {
  wrong: (world) => {
    const first = world.send('ann', 'm1', { invoke: 1, complete: 900 });
    const second = world.send('ann', 'm2', { invoke: 2, complete: 901 });
    swap(world, first, second);
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1', { invoke: 1, complete: 900 });
    world.send('ann', 'm2', { invoke: 2, complete: 901 });
    world.end();
  },
});

function swap(world, first, second) {
  const [a, b] = world.log().splice(-2);
  world.log().push({ ...b, seq: a.seq, id: a.id }, { ...a, seq: b.seq, id: b.id });
  [first.seq, second.seq] = [second.seq, first.seq];
  [first.messageId, second.messageId] = [second.messageId, first.messageId];
}

shows('nonmonotonic-poll', 'a read cursor goes back', {
  wrong: (world) => {
    world.read('ben', 2);
    world.read('ben', 1);
  },
  right: (world) => {
    world.read('ben', 1);
    world.read('ben', 2);
  },
});

shows('nonmonotonic-poll', 'the end of a conversation goes back for one device', {
  wrong: (world) => {
    world.history('ben', { lastSeq: 2 });
    world.history('ben', { lastSeq: 1 });
  },
  right: (world) => {
    world.history('ben', { lastSeq: 2 });
    world.history('ben', { lastSeq: 2 });
  },
});

shows('order-divergence', 'a page is not in the order of the seqs', {
  wrong: (world) => {
    world.send('ann', 'm1');
    world.send('ann', 'm2');
    const [, b, c, d] = world.log();
    world.history('ben', { items: [b, d, c] });
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.send('ann', 'm2');
    world.history('ben', { before: 5 });
    world.end();
  },
});

shows('order-divergence', 'two members have a message at different places', {
  wrong: (world) => {
    world.send('ann', 'm1');
    world.push('ben', [{ ...world.log().at(-1), seq: 4, id: 'g1-4' }]);
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.push('ben', [world.log().at(-1)]);
    world.end();
  },
});

shows('realtime-inversion', 'acked before the other one was sent, and placed after it', {
  wrong: (world) => {
    const first = world.send('ann', 'm1');
    const second = world.send('ben', 'm2');
    swap(world, first, second);
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.send('ben', 'm2');
    world.end();
  },
});

shows('ack-mismatch', 'a retry is answered with another seq', {
  wrong: (world) => {
    const { messageId } = world.send('ann', 'm1');
    world.attempt('ann', 'm1', { outcome: 'ok', seq: 4, messageId, duplicate: true });
    world.end();
  },
  right: (world) => {
    const { messageId, seq } = world.send('ann', 'm1');
    world.attempt('ann', 'm1', { outcome: 'ok', seq, messageId, duplicate: true });
    world.end();
  },
});

shows('corrupt', 'a body changed on its way', {
  wrong: (world) => {
    world.send('ann', 'm1');
    world.log().at(-1).hash = hashOf('something else');
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.end();
  },
});

shows('leak', 'a message reaches somebody who had left', {
  wrong: (world) => {
    world.system('ben', 'member_left');
    world.send('ann', 'm1');
    world.push('ben', [world.log().at(-1)]);
    world.end({ readers: ['ann'] });
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.push('ben', [world.log().at(-1)]);
    world.system('ben', 'member_left');
    world.end({ readers: ['ann'] });
  },
});

shows('leak', 'the log says that they left, but only after what was sent when they were gone', {
  wrong: (world) => {
    world.change('leave', 'ben');
    world.send('ann', 'm1');
    world.push('ben', [world.log().at(-1)]);
    world.system('ben', 'member_left');
    world.end({ readers: ['ann'] });
  },
  right: (world) => {
    world.change('leave', 'ben');
    world.system('ben', 'member_left');
    world.send('ann', 'm1');
    world.change('join', 'ben');
    const joined = world.system('ben', 'member_joined');
    world.send('ann', 'm2');
    world.push('ben', [world.log().at(-1)]);
    world.history('ben', { after: 0, items: world.log().slice(joined.seq - 1) });
    world.end({ readers: ['ann'] });
  },
});

shows('leak', 'a former friend can still send', {
  wrong: (world) => {
    world.change('unfriend', 'ann', { subject: 'ben', conversation: 'd1' });
    world.send('ben', 'm1', { conversation: 'd1' });
    world.end();
  },
  right: (world) => {
    world.change('unfriend', 'ann', { subject: 'ben', conversation: 'd1' });
    world.attempt('ben', 'm1', { conversation: 'd1', outcome: 'fail', code: 'not_friends' });
    world.change('befriend', 'ann', { subject: 'ben', conversation: 'd1' });
    world.send('ben', 'm2', { conversation: 'd1' });
    world.end();
  },
});

shows('leak', 'a former member can still read', {
  wrong: (world) => {
    world.change('kick', 'ann', { subject: 'ben' });
    world.system('ben', 'member_kicked');
    world.history('ben', { items: world.log().slice(1, 2) });
    world.end({ readers: ['ann'] });
  },
  right: (world) => {
    world.history('ben', { items: world.log().slice(1, 2) });
    world.change('kick', 'ann', { subject: 'ben' });
    world.system('ben', 'member_kicked');
    world.end({ readers: ['ann'] });
  },
});

shows('stale', 'a page ends before what was acked before it was asked for', {
  wrong: (world) => {
    world.send('ann', 'm1');
    world.history('ben', { items: world.log().slice(1, 2), lastSeq: 2 });
    world.end();
  },
  right: (world) => {
    const items = world.log().slice(1, 2);
    world.history('ben', { items, lastSeq: 2 });
    world.send('ann', 'm1');
    world.end();
  },
});

shows('stale', 'a sync does not tell of what was acked before it', {
  wrong: (world) => {
    world.send('ann', 'm1');
    world.sync('ben', [], { cursors: { g1: 2 } });
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.sync('ben', [], { cursors: { g1: 3 } });
    world.end();
  },
});

shows('unread-drift', 'the count is not what the log says', {
  wrong: (world) => {
    world.send('ann', 'm1');
    world.sync('ben', [{ conversation: 'g1', lastSeq: 3, readSeq: 2, unread: 2 }], { final: true });
    world.end();
  },
  right: (world) => {
    world.send('ann', 'm1');
    world.sync('ben', [{ conversation: 'g1', lastSeq: 3, readSeq: 2, unread: 1 }], { final: true });
    world.end();
  },
});

test('every anomaly has a history that shows it', () => {
  assert.deepEqual(
    ANOMALIES.filter((name) => !covered.has(name)),
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
