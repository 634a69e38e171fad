/**
 * The only platform names the pure core may use: WHATWG text codecs, which every JavaScript host has.
 * They have no effects; see docs/adr.
 */
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
