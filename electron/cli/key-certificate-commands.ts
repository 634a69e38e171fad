/**
 * `trustdesk key certificate ID` and `key certificate-request ID`: what docker's documentation does with openssl, for
 * the keys of delegations. Command line. `docker trust signer add` and `notary delegation add` take both kinds' results.
 */
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import {
  makeCertificateRequest,
  makeSelfSignedCertificate,
  type SubjectName,
} from '../keystore/delegation-certificate.ts';
import { writeExport } from '../keystore/export-key.ts';
import type { StoredKey } from '../keystore/key-directory.ts';
import { isRepositoryRole } from '../keystore/key-headers.ts';
import type { PrivateKey } from '../keystore/private-key.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { openKeyDesk } from './key-desk.ts';
import { openStored } from './open-with.ts';
import { pickStored, shortName } from './pick-key.ts';
import type { Terminal } from './terminal.ts';

/** docker's documentation: a year. */
const usualDays = 365;
const mostDays = 3650;

export const runKeyCertificate: RunCommand = async (args, terminal) => {
  const days = daysOf(args);
  const now = terminal.now().getTime();
  const make = (key: PrivateKey, subject: SubjectName): string =>
    makeSelfSignedCertificate(key, subject, { now, days });
  const made = await run({ args, terminal, make, suffix: 'crt', title: 'a self-signed certificate' });
  if (made === undefined) return 0;
  const { validTo, fingerprint256 } = new X509Certificate(made.text);
  terminal.stderr.write(
    `Valid until ${new Date(validTo).toISOString().slice(0, 10)}, SHA-256 ${fingerprint256}\n`,
  );
  terminal.stderr.write(`  trustdesk signer add --key ${made.file} NAME IMAGE    lets its owner sign\n`);
  return 0;
};

export const runKeyCertificateRequest: RunCommand = async (args, terminal) => {
  const make = makeCertificateRequest;
  const made = await run({ args, terminal, make, suffix: 'csr', title: 'a certificate request' });
  if (made === undefined) return 0;
  terminal.stderr.write('Send it to your certificate authority; the key itself stays here.\n');
  return 0;
};

interface Making {
  readonly args: Arguments;
  readonly terminal: Terminal;
  readonly make: (key: PrivateKey, subject: SubjectName) => string;
  readonly suffix: string;
  readonly title: string;
}

async function run(making: Making): Promise<{ readonly file: string; readonly text: string } | undefined> {
  const { args, terminal, make, suffix, title } = making;
  const desk = await openKeyDesk(args, terminal);
  const stored = await pickStored(desk.trustDirectory, args.operands[0] ?? '');
  mustBeDelegationKey(stored);
  const subject = subjectOf(args, stored);
  const given = valueOf(args, 'output') ?? `${subject.commonName.replace(/[^\w.-]/g, '-')}.${suffix}`;
  const file = path.resolve(terminal.workingDirectory, given);
  if (isOn(args, 'dry-run')) {
    terminal.stdout.write(
      `Would write ${title} for ${shortName(stored)}, CN ${subject.commonName}, to ${file}\n`,
    );
    return undefined;
  }
  const purpose = [`To sign ${title} for ${subject.commonName}.`];
  const { key, passphrase } = await openStored(stored, purpose, terminal);
  passphrase?.wipe();
  try {
    const text = make(key, subject);
    await writeExport(file, text);
    terminal.stdout.write(`Wrote ${title} for ${shortName(stored)} to ${file}\n`);
    return { file, text };
  } finally {
    key.wipe();
  }
}

/** Certificates of the other roles are made by whoever makes the repository. */
function mustBeDelegationKey(stored: StoredKey): void {
  if (stored.role !== 'root' && !isRepositoryRole(stored.role)) return;
  throw usage(`certificates are made for keys of signers: ${shortName(stored)} is a ${stored.role} key`);
}

function subjectOf(args: Arguments, { role }: StoredKey): SubjectName {
  const commonName = valueOf(args, 'name') ?? role;
  if (commonName.trim() === '') throw usage('the certificate needs a name: give one with --name');
  const country = valueOf(args, 'country');
  if (country !== undefined && !/^[A-Za-z]{2}$/.test(country)) {
    throw usage(`invalid argument "${country}" for "--country" flag: must be two letters`);
  }
  return {
    commonName,
    ...optional('country', country?.toUpperCase()),
    ...optional('state', valueOf(args, 'state')),
    ...optional('locality', valueOf(args, 'locality')),
    ...optional('organization', valueOf(args, 'organization')),
    ...optional('organizationalUnit', valueOf(args, 'unit')),
  };
}

function optional(name: keyof SubjectName, value: string | undefined): Partial<SubjectName> {
  return value === undefined ? {} : { [name]: value };
}

function daysOf(args: Arguments): number {
  const given = valueOf(args, 'days') ?? String(usualDays);
  const days = /^\d{1,5}$/.test(given) ? Number(given) : 0;
  if (days >= 1 && days <= mostDays) return days;
  throw usage(`invalid argument "${given}" for "--days" flag: must be 1 to ${mostDays}`);
}
