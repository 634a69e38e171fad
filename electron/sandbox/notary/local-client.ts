/** A client of the trust server in the same process: what is needed to publish, without a network. */
import type { MetadataFile, PublicKey } from '../../tuf/model.ts';
import { isKeyType } from '../../tuf/key-id.ts';
import { bytesOf, toRequest } from '../exchange.ts';
import type { SandboxResponse } from '../exchange.ts';
import type { NotaryService } from './notary-service.ts';
import type { ServerRole } from './server-keys.ts';

const ORIGIN = 'https://localhost';
const BOUNDARY = 'trustdesk-sandbox-upload';

const tufUrl = (gun: string, file: string): string => `${ORIGIN}/v2/${gun}/_trust/tuf/${file}`;

/** The server's key for a role, as a client gets it before it makes a root. */
export async function fetchServerKey(
  service: NotaryService,
  gun: string,
  role: ServerRole,
): Promise<PublicKey> {
  const response = await service.handle(toRequest('GET', tufUrl(gun, `${role}.key`)));
  const key = JSON.parse(await textOf(response)) as {
    readonly keytype: string;
    readonly keyval: { public: string };
  };
  if (!isKeyType(key.keytype)) throw new Error(`the server has a key of type ${key.keytype}`);
  return { keytype: key.keytype, publicBase64: key.keyval.public };
}

/** Publishes files in one update. Throws with the server's answer when it refuses them. */
export async function publishFiles(
  service: NotaryService,
  gun: string,
  files: readonly Pick<MetadataFile, 'role' | 'bytes'>[],
): Promise<void> {
  const headers = { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` };
  const response = await service.handle(
    toRequest('POST', tufUrl(gun, ''), { headers, body: multipartBody(files) }),
  );
  if (response.status !== 200) throw new Error(`the update was refused: ${await textOf(response)}`);
}

/** The body of a publish request, with the parts in the given order. */
export function multipartBody(
  files: readonly { readonly role: string; readonly bytes: Uint8Array }[],
  boundary = BOUNDARY,
): Uint8Array {
  const parts = files.flatMap(({ role, bytes }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${role}"\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
    ),
    bytes,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

async function textOf(response: SandboxResponse): Promise<string> {
  return Buffer.from(await bytesOf(response)).toString('utf8');
}
