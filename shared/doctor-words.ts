/** What the steps of the doctor are called, in the order they are taken; the same in window and terminal. Pure. */
import type { DoctorStep } from './ipc/doctor.ts';

export const stepNames: Readonly<Record<DoctorStep['id'], string>> = {
  reference: 'Image name',
  server: 'Trust server',
  dns: 'Name resolution',
  tcp: 'Connection',
  tls: 'Certificate',
  health: 'Server health',
  authentication: 'Access',
  clock: 'Clock',
  'trust-data': 'Trust data',
  registry: 'Registry',
};
