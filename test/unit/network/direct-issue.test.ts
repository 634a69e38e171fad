/** Certificates that no library here can make, made with OpenSSL: what is left to OpenSSL's judgement. */
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { isIssuedDirectly } from '../../../electron/network/direct-issue.ts';

const root = `-----BEGIN CERTIFICATE-----
MIIBdDCCARmgAwIBAgIUNALgL2nCowbcdNfBm/1n36a0GuMwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcm9vdDAeFw0yNjExMzAyMTQ0MzBaFw0yNjEyMzAyMTQ0MzBa
MA8xDTALBgNVBAMMBHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT8pOrW
O2VjqatbmFTYGloMHTaVIFBmLMRg3Q6CXiY2Q1Tf1BCxSzRptT4QOmansk+nZ34h
QSnAvZgr32AkrGxqo1MwUTAdBgNVHQ4EFgQUHVLm+KfQqFbMCJgU0BM+SbYwboIw
HwYDVR0jBBgwFoAUHVLm+KfQqFbMCJgU0BM+SbYwboIwDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNJADBGAiEAnhXRz8pPJtga2439yieDAdA1VSAXvZl0Jy/t
I7tu8XUCIQClAVtEg0xf7oe1yGTnOct3eMI4uC297O3OpFKoIjVSIw==
-----END CERTIFICATE-----`;
const plain = `-----BEGIN CERTIFICATE-----
MIIBeTCCAR6gAwIBAgIUU8nU9VyCyXVN32XURTsFQqJbNLEwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcm9vdDAeFw0yNjExMzAyMTQ0MzFaFw0yNjEyMTAyMTQ0MzFa
MA8xDTALBgNVBAMMBGxlYWYwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATmtP46
d41HVfOGo6PdgoDUqcaRbahsUK7GnfqSjvIddl3z41Ru0z9BRulge0w764vd9o+y
sXPf3T5LfD8bfL/Xo1gwVjAUBgNVHREEDTALgglsb2NhbGhvc3QwHQYDVR0OBBYE
FIn5UISGQkV6NL8hBsaF1j+Go/szMB8GA1UdIwQYMBaAFB1S5vin0KhWzAiYFNAT
Pkm2MG6CMAoGCCqGSM49BAMCA0kAMEYCIQCxg8DCo6oHcf/6qo8BrzeIBO5R0SD7
n1TPFFSSRlccegIhAL2zYL3eE2kKRpxOYPbczYzUayxbLlum2Y6kfl3OgxrA
-----END CERTIFICATE-----`;
/** P-256 with its curve written out, which OpenSSL refuses ("explicit ECC parameters"). */
const explicit = `-----BEGIN CERTIFICATE-----
MIICbTCCAhKgAwIBAgIUC9Tf4BCdQh1kLpMj14gaxIE0c3IwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcm9vdDAeFw0yNjExMzAyMTQ0MzFaFw0yNjEyMTAyMTQ0MzFa
MA8xDTALBgNVBAMMBGxlYWYwggFLMIIBAwYHKoZIzj0CATCB9wIBATAsBgcqhkjO
PQEBAiEA/////wAAAAEAAAAAAAAAAAAAAAD///////////////8wWwQg/////wAA
AAEAAAAAAAAAAAAAAAD///////////////wEIFrGNdiqOpPns+u9VXaYhrxlHQaw
zFOw9jvOPD4n0mBLAxUAxJ02CIbnBJNqZnjhE50mt4GffpAEQQRrF9Hy4SxCR/i8
5uVjpEDydwN9gS3rM6D0oTlF2JjClk/jQuL+Gn+bjufrSnwPnhYrzjNXazFezsu2
QGg3v1H1AiEA/////wAAAAD//////////7zm+q2nF56E87nKwvxjJVECAQEDQgAE
6JzCK3mOyqoHZ50wRU5Ntx4W9YXK16lc51AiFEeSUvikN3dgpzwilfbs710FYFcR
mQeIBhPNhnrKFGdd3qOc6KNYMFYwFAYDVR0RBA0wC4IJbG9jYWxob3N0MB0GA1Ud
DgQWBBTG4SMWG8zo0iibDOGJXaASCaM/2jAfBgNVHSMEGDAWgBQdUub4p9CoVswI
mBTQEz5JtjBugjAKBggqhkjOPQQDAgNJADBGAiEA+D4lnSJ3TVXqwDdDTHEsgpmA
H7/v+ZIbjwWYP4X1QKYCIQCF4/DXZiW6fw0oNbwO3uM5tAmr3hIzKm23DS8Khtre
dQ==
-----END CERTIFICATE-----`;
const explicitRoot = `-----BEGIN CERTIFICATE-----
MIICeTCCAh+gAwIBAgIUQvBNFP8qxfheV1QOX5dbUc4X8JAwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFcm9vdHgwHhcNMjYxMTMwMjE0NTE1WhcNMjYxMjMwMjE0NTE1
WjAQMQ4wDAYDVQQDDAVyb290eDCCAUswggEDBgcqhkjOPQIBMIH3AgEBMCwGByqG
SM49AQECIQD/////AAAAAQAAAAAAAAAAAAAAAP///////////////zBbBCD/////
AAAAAQAAAAAAAAAAAAAAAP///////////////AQgWsY12Ko6k+ez671VdpiGvGUd
BrDMU7D2O848PifSYEsDFQDEnTYIhucEk2pmeOETnSa3gZ9+kARBBGsX0fLhLEJH
+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7O
y7ZAaDe/UfUCIQD/////AAAAAP//////////vOb6racXnoTzucrC/GMlUQIBAQNC
AATonMIreY7KqgdnnTBFTk23Hhb1hcrXqVznUCIUR5JS+KQ3d2CnPCKV9uzvXQVg
VxGZB4gGE82GesoUZ13eo5zoo2MwYTAdBgNVHQ4EFgQUxuEjFhvM6NIomwzhiV2g
EgmjP9owHwYDVR0jBBgwFoAUxuEjFhvM6NIomwzhiV2gEgmjP9owDwYDVR0TAQH/
BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwIDSAAwRQIgGGCG/RfR
m679gfXxnnRky3hWNpwoZU4jBGDxpqH4qrECIQCOPv3l67QmABD8xe63qUKl+wcc
b6IqQzc3UDla99ozyw==
-----END CERTIFICATE-----`;
const byExplicitRoot = `-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUOOy4AVqvvpF22ldN2VAvPVV5VOswCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFcm9vdHgwHhcNMjYxMTMwMjE0NTE1WhcNMjYxMjEwMjE0NTE1
WjAPMQ0wCwYDVQQDDARsZWFmMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5rT+
OneNR1XzhqOj3YKA1KnGkW2obFCuxp36ko7yHXZd8+NUbtM/QUbpYHtMO+uL3faP
srFz390+S3w/G3y/16NYMFYwFAYDVR0RBA0wC4IJbG9jYWxob3N0MB0GA1UdDgQW
BBSJ+VCEhkJFejS/IQbGhdY/hqP7MzAfBgNVHSMEGDAWgBTG4SMWG8zo0iibDOGJ
XaASCaM/2jAKBggqhkjOPQQDAgNIADBFAiEAzobXZ/CNNIGMDXTcK5OJdOUTGrai
5BE6tBawNoSmR8ICIEwswLM7HKWItQIJfiPFdcizmUGg6cg+NpS0klnU+nxY
-----END CERTIFICATE-----`;

test.each([
  ['a server with a named curve', plain, root, true],
  ['a server with a curve of its own words', explicit, root, false],
  ['a root with a curve of its own words', byExplicitRoot, explicitRoot, false],
])('%s', (_, server, authority, expected) => {
  const [leaf, ca] = [new X509Certificate(server), new X509Certificate(authority)];
  const now = Math.max(Date.parse(leaf.validFrom), Date.parse(ca.validFrom));
  expect(isIssuedDirectly(leaf, [ca], now)).toBe(expected);
});
