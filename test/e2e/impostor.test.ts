/**
 * Browser mode's page after its process died, before somebody else who took the port: another user of this computer can.
 * He is welcomed by nobody, asks nothing, and is told nothing.
 */
import { createServer, type Server } from 'node:http';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { until } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import type { Scope } from '../lab/scope.ts';
import { useScope } from '../lab/use-scope.ts';
import { sitDown } from './desk.ts';
import { openKeys, press, top } from './key-page.ts';

const question = {
  kind: 'passphrase',
  id: 'x',
  isNew: false,
  keyId: 'ab'.repeat(32),
  owner: 'root',
  purpose: ['Sign what you were about to sign'],
  attempt: 0,
  canRemember: ['no'],
};

/** The port, as soon as the dead process no longer holds it. */
async function listenOn(port: number): Promise<Server> {
  const server = createServer((_request, response) => response.writeHead(404).end());
  const tryIt = () =>
    new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
  await until(tryIt, () => `port ${String(port)} stays taken`);
  return server;
}

/** Listens where the app listened, lets everybody in and asks at once. */
async function takePort(scope: Scope, port: number): Promise<readonly string[]> {
  const heard: string[] = [];
  const server = await listenOn(port);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    const ask = () => socket.send(JSON.stringify({ event: 'prompts.asked', payload: question }));
    ask();
    socket.on('message', (data: Buffer) => {
      heard.push(data.toString());
      socket.send(JSON.stringify({ welcome: 'x'.repeat(43), proof: 'x'.repeat(21) }));
      ask();
    });
  });
  scope.defer(async () => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return heard;
}

describeWithPeers('an impostor on the port of an app that died', ['chromium'], () => {
  const place = useScope(async (scope) => ({ scope, desk: await sitDown(scope) }));

  it('gets the page to ask for no passphrase, and sees none that was asked for before', async () => {
    const { scope, desk } = place();
    const { page, app } = desk;
    await openKeys(page);
    await page.getByRole('button', { name: 'Generate key…' }).first().click();
    await top(page).getByRole('textbox', { name: 'Name' }).fill('kim');
    await press(page, 'Generate…');
    const open = page.getByTestId('made-up-passphrase');
    await open.waitFor();
    process.kill(app.pid, 'SIGKILL');
    const heard = await takePort(scope, Number(new URL(app.address()).port));
    const asked = page.getByRole('alertdialog', { name: 'Passphrase' });
    await page.getByRole('alertdialog', { name: 'Trustdesk has ended' }).or(asked).first().waitFor();
    expect([await asked.count(), await open.count()]).toEqual([0, 0]);
    expect(heard.map((text) => Object.keys(JSON.parse(text) as object))).toEqual([['hello']]);
  });
});
