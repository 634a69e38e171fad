/** `WWW-Authenticate` headers as registries and trust servers send them (RFC 7235). Pure. */

export interface Challenge {
  /** Lower case: `bearer`, `basic`, or something we do not speak. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const longestHeader = 16 * 1024;
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

/** Every challenge of the header, in its order. What cannot be read ends the list. */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  const text = header ?? '';
  const challenges: Challenge[] = [];
  if (text.length > longestHeader) return challenges;
  const scan = new RegExp(
    `\\s*(?:,\\s*)*(?:(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))|(${token})(?=\\s|,|$))`,
    'y',
  );
  let parameters: Map<string, string> | undefined;
  for (let match = scan.exec(text); match !== null; match = scan.exec(text)) {
    const [whole, name, quoted, plain, scheme] = match;
    if (whole === '') break;
    if (scheme !== undefined) {
      parameters = new Map();
      challenges.push({ scheme: scheme.toLowerCase(), parameters });
    } else if (name !== undefined) {
      parameters?.set(name.toLowerCase(), plain ?? (quoted ?? '').replaceAll(/\\(.)/g, '$1'));
    }
  }
  return challenges;
}
