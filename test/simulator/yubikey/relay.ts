/**
 * Carries loopback ports into and out of an isolated network, over Unix sockets in a folder that both sides see.
 * Test code: a TCP port at one end, the same port at the other.
 */
import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server } from 'node:net';

/** Everything that connects at `from` is connected to `to`. */
export function relay(from: ListenOptions, to: NetConnectOpts): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ ...to, allowHalfOpen: true });
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
      near.pipe(far).pipe(near);
    });
    server.once('error', reject);
    server.listen(from, () => resolve(server));
  });
}

export const loopback = (port: number) => ({ port, host: '127.0.0.1' });
