import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU time in ms that processes have used so far, user and system, all their threads. */
export const cpuMs = (pids) => pids.reduce((sum, pid) => sum + ofProcess(pid), 0);

/** CPU time in ms that the whole machine has been busy, what a hypervisor took away included. */
export function machineCpuMs() {
  const [, user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK_MS;
}

/** Resident memory of processes, in bytes. */
export const residentBytes = (pids) =>
  pids.reduce((sum, pid) => {
    const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return sum + Number(kib) * 1024;
  }, 0);

function ofProcess(pid) {
  // the name, in brackets, may hold spaces
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
