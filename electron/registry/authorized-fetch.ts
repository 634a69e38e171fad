/**
 * A request that answers one challenge: straight first, with a token if the server asks for one.
 * Main process and command line. No ping goes ahead: a server that wants no token costs no extra round trip.
 */
import type { HttpClient, HttpRequest, HttpResponse } from '../network/http-client.ts';
import type { Authorizer } from './token-auth.ts';

/** The answer; still 401 when there was nothing (right) to offer. Throws what the client and the authorizer throw. */
export async function fetchAuthorized(
  http: HttpClient,
  authorizer: Authorizer,
  scope: string,
  request: HttpRequest,
): Promise<HttpResponse> {
  const first = await http.fetch(withAuthorization(request, authorizer.known(scope)));
  // SECURITY: a challenge from another origin (after a redirect) is not answered with this server's credentials.
  if (first.status !== 401 || first.url.origin !== request.url.origin) return first;
  const header = await authorizer.answer(first, scope);
  return header === undefined ? first : http.fetch(withAuthorization(request, header));
}

function withAuthorization(request: HttpRequest, header: string | undefined): HttpRequest {
  return header === undefined
    ? request
    : { ...request, headers: { ...request.headers, authorization: header } };
}
