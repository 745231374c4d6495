/** What anomalies of order, time and audience look like: name, what happened, the history that shows it and one put right. */
export const orderHistories = [
  [
    'gap',
    'a seq is missing in the log',
    {
      wrong: (world) => {
        world.log().at(-1).seq = 3;
        world.end();
      },
      right: (world) => world.end(),
    },
  ],
  [
    'gap',
    'a page leaves out what comes right after the cursor',
    {
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
    },
  ],
  [
    'nonmonotonic-send',
    'two sends of one device changed places',
    {
      wrong: (world) => changePlaces(world),
      right: (world) => {
        world.send('ann', 'm1', { invoke: 1, complete: 900 });
        world.send('ann', 'm2', { invoke: 2, complete: 901 });
        world.end();
      },
    },
  ],
  [
    'nonmonotonic-send',
    'two sends of one socket changed places, which two requests may',
    {
      wrong: (world) => changePlaces(world),
      right: (world) => changePlaces(world, { connection: undefined }),
    },
  ],
  [
    'nonmonotonic-poll',
    'a read cursor goes back',
    {
      wrong: (world) => {
        world.read('ben', 2);
        world.read('ben', 1);
      },
      right: (world) => {
        world.read('ben', 1);
        world.read('ben', 2);
      },
    },
  ],
  [
    'nonmonotonic-poll',
    'the end of a conversation goes back for one device',
    {
      wrong: (world) => {
        world.history('ben', { lastSeq: 2 });
        world.history('ben', { lastSeq: 1 });
      },
      right: (world) => {
        world.history('ben', { lastSeq: 2 });
        world.history('ben', { lastSeq: 2 });
      },
    },
  ],
  [
    'order-divergence',
    'a page is not in the order of the seqs',
    {
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
    },
  ],
  [
    'order-divergence',
    'two members have a message at different places',
    {
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
    },
  ],
  [
    'realtime-inversion',
    'acked before the other one was sent, and placed after it',
    {
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
    },
  ],
  [
    'leak',
    'a message reaches somebody who had left',
    {
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
    },
  ],
  [
    'leak',
    'the log says that they left, but only after what was sent when they were gone',
    {
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
    },
  ],
  [
    'leak',
    'a former friend can still send',
    {
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
    },
  ],
  [
    'leak',
    'a former member can still read',
    {
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
    },
  ],
  [
    'stale',
    'a page ends before what was acked before it was asked for',
    {
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
    },
  ],
  [
    'stale',
    'a sync does not tell of what was acked before it',
    {
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
    },
  ],
  [
    'unread-drift',
    'the count is not what the log says',
    {
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
    },
  ],
];

/** Two sends of one device at once, stored the other way round. */
function changePlaces(world, more = {}) {
  const first = world.send('ann', 'm1', { invoke: 1, complete: 900, ...more });
  const second = world.send('ann', 'm2', { invoke: 2, complete: 901, ...more });
  swap(world, first, second);
  world.end();
}

function swap(world, first, second) {
  const [a, b] = world.log().splice(-2);
  world.log().push({ ...b, seq: a.seq, id: a.id }, { ...a, seq: b.seq, id: b.id });
  [first.seq, second.seq] = [second.seq, first.seq];
  [first.messageId, second.messageId] = [second.messageId, first.messageId];
}
