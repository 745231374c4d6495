import { lastInterval } from './model.mjs';

/** In the end, when all is quiet, the server's unread is what anybody can count from the log. */
export function checkUnread(model, report) {
  for (const sync of model.syncs) {
    if (!sync.final) continue;
    for (const head of sync.heads) {
      const table = model.tables.get(head.conversation);
      if (!table) continue;
      const from = lastInterval(model, head.conversation, sync.user)?.from ?? 1;
      const unread = table.items.filter(
        ({ seq, sender, type }) => seq > head.readSeq && seq >= from && type !== 'system' && sender !== sync.user,
      ).length;
      if (unread !== head.unread)
        report('unread-drift', {
          conversation: head.conversation,
          user: sync.user,
          detail: `${sync.user} is told ${head.unread} unread after ${head.readSeq}; there are ${unread}`,
        });
      if (head.lastSeq !== table.lastSeq)
        report('stale', {
          conversation: head.conversation,
          user: sync.user,
          seq: table.lastSeq,
          detail: `${sync.user} is told the end is ${head.lastSeq}; the database says ${table.lastSeq}`,
        });
    }
  }
}
