/** PEM text in blocks. Pure. */

/** The CERTIFICATE blocks of a PEM text, each as it stands. */
export function certificateBlocks(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}
