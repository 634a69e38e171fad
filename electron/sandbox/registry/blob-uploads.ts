/** Uploads of blobs: in one go, in chunks, or mounted from another repository. */
import { answer } from '../exchange.ts';
import type { SandboxRequest, SandboxResponse } from '../exchange.ts';
import { RegistryError } from './registry-errors.ts';
import { isDigest } from './registry-routes.ts';
import { withBlob } from './registry-store.ts';
import type { RegistryStore } from './registry-store.ts';

/** Bytes of one blob; a stop for mistakes, far above any layer one would learn with. */
const MAX_BLOB_BYTES = 8 * 1024 * 1024 * 1024;

export class BlobUploads {
  readonly #store: RegistryStore;

  constructor(store: RegistryStore) {
    this.#store = store;
  }

  /** `POST .../blobs/uploads/`: `?mount=&from=`, `?digest=` with the whole content, or the start of chunks. */
  async start(request: SandboxRequest, name: string): Promise<SandboxResponse> {
    if (request.method !== 'POST') throw new RegistryError('UNSUPPORTED');
    const mount = request.query.get('mount');
    const from = request.query.get('from');
    if (mount !== null && from !== null && this.#store.state.get(from)?.blobs.has(mount) === true) {
      return this.#link(request, name, mount);
    }
    const id = await this.#store.startUpload();
    const digest = request.query.get('digest');
    if (digest === null) return accepted(request, name, id, 0);
    return this.#finish(request, name, id, digest);
  }

  /** `GET`, `PATCH`, `PUT` and `DELETE` of an upload under way. */
  async proceed(request: SandboxRequest, name: string, id: string): Promise<SandboxResponse> {
    const size = await this.#store.uploadSize(id);
    if (size === undefined) throw new RegistryError('BLOB_UPLOAD_UNKNOWN');
    switch (request.method) {
      case 'GET':
        return { ...accepted(request, name, id, size), status: 204 };
      case 'PATCH':
        return this.#append(request, name, id, size);
      case 'PUT':
        return this.#finish(request, name, id, request.query.get('digest') ?? '');
      case 'DELETE':
        await this.#store.cancelUpload(id);
        return answer(204);
      default:
        throw new RegistryError('UNSUPPORTED');
    }
  }

  async #append(request: SandboxRequest, name: string, id: string, size: number): Promise<SandboxResponse> {
    const range = request.headers.get('content-range');
    const start = range === undefined ? size : Number(/^(?:bytes )?([0-9]+)-[0-9]+$/.exec(range)?.[1] ?? NaN);
    if (start !== size) throw new RegistryError('RANGE_INVALID');
    return accepted(request, name, id, await this.#store.appendUpload(id, request.body, MAX_BLOB_BYTES));
  }

  async #finish(request: SandboxRequest, name: string, id: string, digest: string): Promise<SandboxResponse> {
    if (!isDigest(digest)) throw new RegistryError('DIGEST_INVALID', 'digest missing or malformed');
    await this.#store.appendUpload(id, request.body, MAX_BLOB_BYTES);
    if (await this.#store.finishUpload(id, digest)) return this.#link(request, name, digest);
    await this.#store.cancelUpload(id);
    throw new RegistryError('DIGEST_INVALID');
  }

  async #link(request: SandboxRequest, name: string, digest: string): Promise<SandboxResponse> {
    await this.#store.commit((state) => withBlob(state, name, digest));
    const location = `${request.origin}/v2/${name}/blobs/${digest}`;
    return answer(201, { Location: location, 'Docker-Content-Digest': digest });
  }
}

/** `Range` names the last byte received; nothing yet is written `0-0` by tradition. */
function accepted(request: SandboxRequest, name: string, id: string, size: number): SandboxResponse {
  return answer(202, {
    Location: `${request.origin}/v2/${name}/blobs/uploads/${id}`,
    'Docker-Upload-Uuid': id,
    Range: `0-${Math.max(0, size - 1)}`,
  });
}
