import { hashOf } from './synthetic.mjs';

/** What anomalies of the messages themselves look like: name, what happened, the history that shows it and one put right. */
export const contentHistories = [
  [
    'lost',
    'acked, and not in the database',
    {
      wrong: (world) => {
        world.send('ann', 'm1');
        world.log().pop();
        world.end();
      },
      right: (world) => {
        world.send('ann', 'm1');
        world.end();
      },
    },
  ],
  [
    'lost',
    'acked, and not in what a member reads in the end',
    {
      wrong: (world) => {
        world.send('ann', 'm1');
        world.end({ readers: ['ann'], items: world.log().slice(0, 2) });
      },
      right: (world) => {
        world.send('ann', 'm1');
        world.end();
      },
    },
  ],
  [
    'phantom',
    'seen, and nobody sent it',
    {
      wrong: (world) => {
        const item = {
          conversation: 'g1',
          seq: 3,
          id: 'g1-3',
          sender: 'ann',
          type: 'text',
          ref: 'x',
          hash: hashOf('x'),
        };
        world.log().push(item);
        world.end();
      },
      right: (world) => world.end(),
    },
  ],
  [
    'aborted-read',
    'refused, and there all the same',
    {
      wrong: (world) => {
        const sent = world.send('ann', 'm1');
        Object.assign(sent, { outcome: 'fail', code: 'not_a_member' });
        world.end();
      },
      right: (world) => {
        world.attempt('ann', 'm1', { outcome: 'fail', code: 'not_a_member' });
        world.end();
      },
    },
  ],
  [
    'aborted-read',
    'shown live before a commit that never came',
    {
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
    },
  ],
  [
    'duplicate',
    'one clientMsgId is stored twice',
    {
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
    },
  ],
  [
    'duplicate',
    'one message is twice on a page',
    {
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
    },
  ],
  [
    'inconsistent-offset',
    'two messages were shown at one seq',
    {
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
    },
  ],
  [
    'inconsistent-offset',
    'a seq was acked for another message than is there',
    {
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
    },
  ],
  [
    'ack-mismatch',
    'a retry is answered with another seq',
    {
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
    },
  ],
  [
    'corrupt',
    'a body changed on its way',
    {
      wrong: (world) => {
        world.send('ann', 'm1');
        world.log().at(-1).hash = hashOf('something else');
        world.end();
      },
      right: (world) => {
        world.send('ann', 'm1');
        world.end();
      },
    },
  ],
];
