// What an answer says about what happened. Only a definite refusal is `fail`: after `unavailable`, `timeout` and
// `internal` the command may have been carried out all the same.
const UNKNOWN = new Set(['unavailable', 'timeout', 'internal']);

const ofCode = (code) => (UNKNOWN.has(code) ? 'info' : 'fail');

/** Of a socket's ack. */
export const codeOutcome = (ack) =>
  ack.ok ? { outcome: 'ok', data: ack.data } : { outcome: ofCode(ack.error.code), code: ack.error.code };

/** Of an HTTP answer. */
export async function responseOutcome(response) {
  const text = await response.text();
  const body = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return { outcome: 'ok', data: body };
  const code = body?.code ?? String(response.status);
  return { outcome: body?.code ? ofCode(code) : 'info', code };
}

/** Of no answer at all. */
export const outcomeOf = (error) => ({ outcome: 'info', code: error.cause?.code ?? error.name ?? 'no-answer' });
