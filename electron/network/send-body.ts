/**
 * Sending a request's body piece by piece, so that it can be told from a line on which nothing moves. Main process and
 * command line.
 */
import type { ClientRequest } from 'node:http';

const pieceBytes = 64 * 1024;

/**
 * Sends `body` and ends the request. A piece goes once the system took the one before: handed over together, Node reports
 * them together too.
 * @param onSent told after each piece but the last
 */
export function sendBody(sent: ClientRequest, body: Uint8Array | undefined, onSent: () => void): void {
  if (body === undefined || body.length <= pieceBytes) {
    sent.end(body);
    return;
  }
  sent.write(body.subarray(0, pieceBytes), (error) => {
    // The request itself reports what failed.
    if (error !== undefined && error !== null) return;
    onSent();
    sendBody(sent, body.subarray(pieceBytes), onSent);
  });
}
