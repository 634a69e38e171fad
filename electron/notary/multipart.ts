/** The body of a publish request: one part per changed role. Pure. notary: store.NewMultiPartMetaRequest. */
import type { RoleName } from '../../shared/brands.ts';

export interface MultipartBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/**
 * @param boundary 60 hex digits, random: it must not occur in any file.
 */
export function multipartBody(files: ReadonlyMap<RoleName, Uint8Array>, boundary: string): MultipartBody {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  for (const [role, bytes] of files) {
    parts.push(encoder.encode(partHeader(role, boundary)), bytes, encoder.encode('\r\n'));
  }
  parts.push(encoder.encode(`--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, bytes: joined(parts) };
}

/** Role names are `[-a-z0-9_/]`, so nothing needs quoting. */
function partHeader(role: RoleName, boundary: string): string {
  return [
    `--${boundary}`,
    `Content-Disposition: form-data; name="files"; filename="${role}"`,
    'Content-Type: application/octet-stream',
    '',
    '',
  ].join('\r\n');
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
