/**
 * How hard a typed passphrase is to guess, by zxcvbn. The dictionaries are loaded when a new passphrase is first asked for.
 * SECURITY: rated here, where it is typed: nothing of it is sent anywhere to be rated.
 */

export interface Strength {
  /** 0 (guessed at once) to 4 (out of reach). */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** What is weak about it, as a sentence; undefined when nothing is. */
  readonly warning: string | undefined;
  readonly suggestions: readonly string[];
}

export type Rate = (text: string) => Strength;

/** Longer ones are strong or repeat themselves; rating them whole would take long. */
const longestRated = 64;

/** `related`: words that somebody would try first, such as names of signer and repository. */
export async function loadRater(related: readonly string[]): Promise<Rate> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  const factory = new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  });
  return (text) => {
    const { score, feedback } = factory.check(text.slice(0, longestRated), [...related]);
    return { score, warning: feedback.warning ?? undefined, suggestions: feedback.suggestions };
  };
}

export const strengthWords: Readonly<Record<Strength['score'], string>> = {
  0: 'Guessed at once',
  1: 'Weak',
  2: 'Fair',
  3: 'Good',
  4: 'Very hard to guess',
};
