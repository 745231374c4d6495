import { emojiData } from './emoji-data.js';
import { found } from './emoji-search.js';

const named = (label: string, ...tags: string[]) => ({ emoji: label, label, tags, category: 3, version: 1 });

it('An emoji is found by its whole name first, then by how it begins, then by what it is also called', () => {
  const all = [
    named('astronaut', 'rocket', 'space', 'rocketry'),
    named('pocket rocketeer'),
    named('skyrocketing'),
    named('Rocketship'),
    named('rocket', 'space'),
    named('fireworks', 'skyrocket'),
    named('octopus', 'sea'),
  ];
  expect(found(all, ' Rocket').map(({ label }) => label)).toEqual([
    'rocket',
    'Rocketship',
    'astronaut',
    'pocket rocketeer',
    'skyrocketing',
    'fireworks',
  ]);
});

it.each([
  ['heart', '❤️'],
  ['smile', '😀'],
  ['thumbs up', '👍️'],
  ['thumb', '👍️'],
  ['fire', '🔥'],
  ['ok', '👌'],
  ['cry', '😢'],
  ['party', '🎉'],
  ['cat', '🐈️'],
  ['sun', '☀️'],
  ['clap', '👏'],
  ['check', '✔️'],
])('Who types %s and takes the first gets %s', async (typed, first) => {
  const { emojis } = await emojiData('en', typed, (name) => name);
  expect(emojis[0]?.emoji).toBe(first);
});
