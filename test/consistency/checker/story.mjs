// The shortest telling of an anomaly: who sent what when, and what each one saw.

const LINES = 24;

/** @param {import('./history.d.mts').Operation[]} operations @param {import('./history.d.mts').Anomaly} anomaly */
export function story(operations, anomaly) {
  const lines = operations
    .filter((operation) => concerns(operation, anomaly))
    .flatMap((operation) => tell(operation, anomaly))
    .sort((a, b) => a.at - b.at);
  // the first sightings tell most; the rest repeats them
  const shown = lines.slice(0, LINES);
  const rest = lines.length - shown.length;
  return [
    `${anomaly.name}: ${anomaly.detail}`,
    ...shown.map(
      ({ at, text }) =>
        `  ${Number.isFinite(at) ? `${(at / 1000).toFixed(3)} s`.padStart(11) : '        end'}  ${text}`,
    ),
    ...(rest > 0 ? [`               … and ${rest} more`] : []),
  ].join('\n');
}

const about = (one, { ref, other, seq, conversation }) =>
  (ref !== undefined && one.ref === ref) ||
  (other !== undefined && one.ref === other) ||
  (seq !== undefined && one.seq === seq && one.conversation === conversation);

function concerns(operation, anomaly) {
  if (operation.op === 'fault') return true;
  if (operation.op === 'send') return about(operation, anomaly);
  if (operation.items) return operation.items.some((item) => about(item, anomaly));
  if (operation.conversation !== anomaly.conversation) return false;
  if (['join', 'leave', 'kick', 'unfriend', 'befriend'].includes(operation.op))
    return anomaly.name === 'leak' && [operation.user, operation.subject].includes(anomaly.user);
  return anomaly.name === 'nonmonotonic-poll' && operation.op === 'read' && operation.user === anomaly.user;
}

function tell(operation, anomaly) {
  const { op, device, user, subject, invoke, complete, outcome, code, at } = operation;
  const end = outcome === 'ok' ? 'ok' : outcome === 'fail' ? `refused: ${code}` : `no answer (${code ?? 'unknown'})`;
  switch (op) {
    case 'fault':
      return [{ at, text: `-- ${operation.name} ${operation.phase}` }];
    case 'send':
      return [
        { at: invoke, text: `${device} sends ${operation.ref}` },
        {
          at: complete,
          text: `${device} is told ${end}${outcome === 'ok' ? `, seq ${operation.seq}` : ''} for ${operation.ref}`,
        },
      ];
    case 'push':
    case 'history':
    case 'table': {
      const how = { push: `${device} gets live`, history: `${device} reads`, table: 'the database has' }[op];
      return operation.items
        .filter((item) => about(item, anomaly))
        .map((item) => ({
          at: at ?? complete ?? Infinity,
          text: `${how} seq ${item.seq}: ${item.ref ?? item.event} (${item.id})`,
        }));
    }
    case 'read':
      return [{ at: complete, text: `${device} reads up to ${operation.readSeq}` }];
    default:
      return [
        { at: invoke, text: `${user} asks: ${op}${subject ? ` ${subject}` : ''}` },
        { at: complete, text: `${user} is told ${end} for ${op}` },
      ];
  }
}
