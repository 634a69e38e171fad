/** Request counts by operation, printed for Prometheus (text format 0.0.4) under the names of notary-server. */
import type { NotaryRoute } from './notary-routes.ts';

const operations: Readonly<Partial<Record<NotaryRoute['kind'], string>>> = {
  update: 'UpdateTUF',
  delete: 'DeleteTUF',
  'role-by-hash': 'GetRoleByHash',
  'role-by-version': 'GetRoleByVersion',
  role: 'GetRole',
  key: 'GetKey',
  'rotate-key': 'RotateKey',
  changefeed: 'Changefeed',
};

export class NotaryMetrics {
  readonly #requests = new Map<string, number>();

  /** Counts an answered request; routes without an operation are not counted, as in the real server. */
  count(kind: NotaryRoute['kind'], method: string, status: number): void {
    const operation = operations[kind];
    if (operation === undefined) return;
    const labels = `code="${status}",method="${method.toLowerCase()}",operation="${operation}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
  }

  toText(): string {
    const lines = [...this.#requests]
      .sort()
      .map(([labels, n]) => `notary_server_http_requests_total{${labels}} ${n}`);
    return [
      '# HELP notary_server_http_requests_total Total number of HTTP requests made.',
      '# TYPE notary_server_http_requests_total counter',
      ...lines,
      '',
    ].join('\n');
  }
}
