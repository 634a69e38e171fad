/**
 * The same raw uploads to the real notary-server: its verdicts, status and body, are the ones that the sandbox's
 * server gives (its unit test goes through the same table). With ed25519 keys of its own and with notary-signer.
 */
import { describe, expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { get } from '../lab/https-get.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import type { NotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { NotarySimulator } from '../simulator/notary-simulator.ts';
import { Publisher } from '../simulator/notary-simulator-publisher.ts';
import type { TrustTransport } from '../simulator/notary-simulator-publisher.ts';
import { uploadCases } from '../simulator/notary-simulator-uploads.ts';
import { lacksServerKey, type Verdict, verdictOf } from '../simulator/uploads/verdicts.ts';

/** The real server as the table's transport. */
function transportTo(server: Pick<NotaryServer, 'url' | 'caPem'>): TrustTransport {
  return async (method, path, options = {}) => {
    const { status, headers, body } = await get(`${server.url}${path}`, {
      method,
      caPem: server.caPem,
      ...(options.headers && { headers: options.headers }),
      ...(options.body && { body: Buffer.from(options.body) }),
    });
    const known = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
    return { status, headers: new Map(known), body };
  };
}

/** With notary-signer a key that is missing is reported in the words of its own protocol; the sandbox has none. */
function throughSigner(verdict: Verdict): Verdict {
  if (!lacksServerKey(verdict)) return verdict;
  const message = 'rpc error: code = NotFound desc = key <id> not found';
  const body = verdict.body.replace(
    /"Name":.*(?=\}\]\})/,
    `"Name":"ErrValidation","Error":{"Msg":"${message}"}}`,
  );
  return { ...verdict, body };
}

let count = 0;
/** Every case gets a repository of its own. */
const nextGun = (): string => `registry.example.test/acme/app-${String(++count)}`;

/** Requests for what need not be there; `GUN` has been published, `NONE` has not. */
const requests: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/v2/'],
  ['GET', '/v2'],
  ['POST', '/v2/'],
  ['PATCH', '/v2/'],
  ['OPTIONS', '/v2/'],
  ['GET', '/'],
  ['GET', '/favicon.ico'],
  ['PUT', '/v2/GUN/_trust/tuf/'],
  ['GET', '/v2/GUN/_trust/tuf/'],
  ['POST', '/v2/GUN/_trust/tuf'],
  ['POST', '/v2/GUN/_trust/tuf/'],
  ['DELETE', '/v2/GUN/_trust/tuf'],
  ['GET', '/v2/GUN//_trust/tuf/root.json'],
  ['GET', '/v2/NONE/_trust/tuf/root.json'],
  ['GET', '/v2/NONE/_trust/tuf/targets.json'],
  ['GET', '/v2/NONE/_trust/tuf/timestamp.json'],
  ['GET', '/v2/NONE/_trust/tuf/snapshot.json'],
  ['GET', '/v2/NONE/_trust/tuf/1.root.json'],
  ['DELETE', '/v2/NONE/_trust/tuf/'],
  ['HEAD', '/v2/GUN/_trust/tuf/root.json'],
  ['GET', '/v2/GUN/_trust/tuf/1.root.json'],
  ['GET', '/v2/GUN/_trust/tuf/0.root.json'],
  ['GET', '/v2/GUN/_trust/tuf/2.root.json'],
  ['GET', '/v2/GUN/_trust/tuf/01.root.json'],
  ['GET', '/v2/GUN/_trust/tuf/99999999999999999999.root.json'],
  ['GET', `/v2/GUN/_trust/tuf/root.${'a'.repeat(64)}.json`],
  ['GET', `/v2/GUN/_trust/tuf/root.${'a'.repeat(65)}.json`],
  ['GET', `/v2/GUN/_trust/tuf/root.${'a'.repeat(128)}.json`],
  ['GET', '/v2/GUN/_trust/tuf/targets/none.json'],
  ['GET', '/v2/GUN/_trust/tuf/other.json'],
  ['GET', '/v2/GUN/_trust/tuf/root.key'],
  ['POST', '/v2/GUN/_trust/tuf/targets.key'],
  ['GET', '/v2/GUN/_trust/changefeed'],
  ['GET', '/v2/GUN/_trust/changefeed?records='],
  ['GET', '/v2/GUN/_trust/changefeed?records=x'],
  ['GET', '/v2/GUN/_trust/changefeed?records=1.5'],
  ['GET', '/v2/GUN/_trust/changefeed?records=99999999999'],
  ['GET', '/v2/GUN/_trust/changefeed?records=1&change_id=x'],
  ['GET', '/v2/NONE/_trust/changefeed?records=5&change_id=1000'],
  ['GET', '/v2/_trust/changefeed'],
  ['GET', '/_notary_server/health'],
  ['POST', '/_notary_server/health'],
];

/** Headers that clients and caches look at. */
const comparedHeaders = ['content-type', 'cache-control', 'location', 'content-length', 'pragma'];

describe.each(['local', 'remote'] as const)('notary-server with %s signing', (signing) => {
  describeWithPeers(
    'judges',
    signing === 'local' ? ['notary-server'] : ['notary-server', 'notary-signer'],
    () => {
      const server = useScope((scope) => startNotaryServer(scope, { signing }));
      const sandbox = useScope(async (scope) => {
        const { endpoint, caPem } = await new NotarySimulator({ now: new Date() }).listen();
        scope.defer(() => endpoint.close());
        return { url: endpoint.url, caPem };
      });

      it.each(uploadCases)('$before: $name', async ({ before, send, verdict }) => {
        const owner = before === 'client-snapshot' ? 'client' : 'server';
        const publisher = await Publisher.create(transportTo(server()), nextGun(), new Date(), owner);
        if (before !== 'nothing') await publisher.init();
        expect(verdictOf(await send(publisher))).toEqual(
          signing === 'local' ? verdict : throughSigner(verdict),
        );
      });

      it.each(requests)('%s %s as the sandbox does', async (method, path) => {
        const ours = transportTo(sandbox());
        const real = transportTo(server());
        const gun = nextGun();
        const asked = path.replace('GUN', gun).replace('NONE', nextGun());
        const answers = [];
        let sendsInChunks = false;
        for (const send of [real, ours]) {
          await (await Publisher.create(send, gun, new Date())).init();
          const { status, headers, body } = await send(method, asked);
          if (headers.get('transfer-encoding') === 'chunked') sendsInChunks = true;
          // Go sends answers of more than 2 kB in chunks; the sandbox always says how long they are.
          const names = comparedHeaders.filter((name) => !sendsInChunks || name !== 'content-length');
          const shown = names.map((name) => [name, headers.get(name)]);
          answers.push({ status, body: body.toString().replace(/"expires":.*/s, ''), headers: shown });
        }
        expect(answers[1]).toEqual(answers[0]);
      });
    },
  );
});
