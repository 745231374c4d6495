import { Device } from './device.mjs';
import { Person } from './person.mjs';

/**
 * People who all know each other, with several devices on different gateways, in groups that overlap.
 * @param {{ recorder: import('./recorder.mjs').Recorder, urls: string[], people?: number, groups?: number, devices?: number }} options
 */
export async function makeWorld({ recorder, urls, people: count = 8, groups: groupCount = 3, devices = 2 }) {
  const run = Date.now().toString(36);
  const people = Array.from({ length: count }, (_, i) => new Person(recorder, `p${i}-${run}`, urls[i % urls.length]));
  for (const person of people) await person.register();
  const directs = await befriendAll(people);
  const groups = [];
  for (let i = 0; i < groupCount; i++) groups.push(await makeGroup(people, i));
  for (const [i, person] of people.entries())
    for (let n = 0; n < 1 + (i % devices); n++) {
      const device = new Device(recorder, person, `${person.name}/${n + 1}`, urls[(i + n) % urls.length]);
      person.devices.push(device);
      await device.connect();
      await device.sync();
    }
  return { recorder, urls, people, directs, groups, devices: people.flatMap((person) => person.devices) };
}

/** Each with the next two: who has how many friends does not matter, that there are some does. */
async function befriendAll(people) {
  const directs = [];
  for (let i = 0; i < people.length; i++)
    for (const j of [(i + 1) % people.length, (i + 2) % people.length]) {
      if (i === j || directs.some(({ pair }) => pair.includes(people[i]) && pair.includes(people[j]))) continue;
      const pair = [people[i], people[j]];
      const request = await pair[0].must('POST', '/friend-requests', { userId: pair[1].id });
      await pair[1].must('POST', `/friend-requests/${request.id}/accept`);
      const { id } = await pair[0].must('POST', '/conversations/direct', { userId: pair[1].id });
      directs.push({ conversation: id, pair });
    }
  return directs;
}

/** Open, so that who has left can come back. Its owner stays. */
async function makeGroup(people, number) {
  const owner = people[number % people.length];
  const { id, conversationId } = await owner.must('POST', '/groups', { name: `Group ${number}`, joinPolicy: 'open' });
  for (const person of people) if (person !== owner) await person.must('POST', `/groups/${id}/join`, {});
  return { id, conversation: conversationId, owner };
}
