import { basename } from 'node:path';
import { closeAllDevices, Device } from './device.js';
import { closeAllRawSockets } from './raw-socket.js';
import { noteFileDone, troubles } from './server.js';

jest.setTimeout(60_000);

let before: number;

beforeAll(() => {
  before = troubles().length;
});

afterAll(async () => {
  closeAllRawSockets();
  await closeAllDevices();
  noteFileDone(basename(expect.getState().testPath ?? ''));
  // whatever the clients saw: a server that logs an error while this file runs has failed it
  expect(troubles().slice(before)).toEqual([]);
  expect(Device.undocumented).toEqual([]);
});
