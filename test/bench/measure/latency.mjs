import hdr from 'hdr-histogram-js';

/** Counts microseconds, 1 µs to minutes, to three digits. */
export const histogram = () =>
  hdr.build({ bitBucketSize: 32, autoResize: true, numberOfSignificantValueDigits: 3, lowestDiscernibleValue: 1 });

/** As text, to cross a process boundary. */
export const encode = (one) => hdr.encodeIntoCompressedBase64(one);

export function merge(encoded) {
  const all = histogram();
  for (const text of encoded) all.add(hdr.decodeFromCompressedBase64(text));
  return all;
}

/** Milliseconds, to two digits after the point. */
export function summary(one) {
  const ms = (micros) => Math.round(micros / 10) / 100;
  return {
    count: one.totalCount,
    p50: ms(one.getValueAtPercentile(50)),
    p99: ms(one.getValueAtPercentile(99)),
    max: ms(one.maxValue),
  };
}
