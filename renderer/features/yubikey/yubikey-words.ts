/** What tokens, their slots and their tries are called. Pure. */
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import type { TokenDeviceView, TokenSlotView, TriesLeft } from '../../../shared/ipc/yubikey.ts';
import { roleTitle } from '../../copy/trust-words.ts';
import type { Tone } from '../../ui/status.tsx';

const baseRoles: readonly string[] = ['root', 'targets', 'snapshot', 'timestamp'];

/** `Release key`, or the model of a device that has no name. */
export function deviceTitle({ name, model }: Pick<TokenDeviceView, 'name' | 'model'>): string {
  return name ?? model;
}

/** In a sentence and in a choice: `Release key (12345678)`. */
export function deviceName(device: Pick<TokenDeviceView, 'name' | 'model' | 'serial'>): string {
  return `${deviceTitle(device)} (${device.serial})`;
}

export interface StateWords {
  readonly tone: Tone;
  readonly word: string;
  /** In full, with what to do. */
  readonly sentence: string;
}

export function pinWords(tries: TriesLeft): StateWords {
  switch (tries) {
    case 'all':
      return { tone: 'ok', word: 'All tries left', sentence: 'No wrong PIN was entered.' };
    case 'fewer':
      return {
        tone: 'warn',
        word: 'Some tries used up',
        sentence: 'A wrong PIN was entered. The right one brings all tries back.',
      };
    case 'last':
      return {
        tone: 'bad',
        word: 'One try left',
        sentence: 'One more wrong PIN blocks it. Make sure of the PIN before you enter it.',
      };
    case 'none':
      return {
        tone: 'bad',
        word: 'Blocked',
        sentence: 'Too many wrong PINs were entered. The keys are safe; unblock the PIN with the PUK.',
      };
    case 'unknown':
      return {
        tone: 'muted',
        word: 'Not told',
        sentence: 'This token does not tell how many tries are left.',
      };
  }
}

/** `Root key`, `Signer key jeff`, `Certificate of Example CA`. */
export function slotTitle({
  role,
  commonName,
  state,
}: Pick<TokenSlotView, 'role' | 'commonName' | 'state'>): string {
  if (role !== '') return keyTitle({ role });
  if (commonName !== undefined) return `Certificate of ${commonName}`;
  return state === 'other' ? 'Something else' : 'Key without a name';
}

export function keyTitle({ role }: Pick<KeyRow, 'role'>): string {
  if (baseRoles.includes(role)) return roleTitle(role);
  return role === '' ? 'Key without a name' : `Signer key ${role}`;
}

export function slotWords({ state, isCertain }: Pick<TokenSlotView, 'state' | 'isCertain'>): StateWords {
  switch (state) {
    case 'phantom':
      return {
        tone: 'warn',
        word: 'Key missing',
        sentence: 'The certificate is there, its key is not: nothing can be signed with this slot.',
      };
    case 'key-only':
      return {
        tone: 'ok',
        word: 'No certificate',
        sentence: 'Trustdesk signs with it. notary does not see a key that has no certificate.',
      };
    case 'other':
      return { tone: 'muted', word: 'Not used', sentence: 'It is of a kind that signs nothing here.' };
    case 'key':
      return isCertain
        ? { tone: 'ok', word: 'Ready', sentence: 'The token itself says that the key is there.' }
        : {
            tone: 'plain',
            word: 'Unproven',
            sentence: 'Tokens like this tell of a key only when it signs. Its first signature proves it.',
          };
  }
}

const askWords = {
  never: 'Never asked for',
  once: 'Once for signatures in a row',
  always: 'At every signature',
} as const;

export function askText(asks: TokenSlotView['asks']): string {
  return asks === undefined ? 'Once, as far as is known' : askWords[asks];
}

/** notary takes whatever it finds in its three slots for a root key. */
export function notaryText({ notaryUses, role }: Pick<TokenSlotView, 'notaryUses' | 'role'>): string {
  if (!notaryUses) return 'Does not see it';
  return role === 'root' ? 'Lists it and signs with it' : 'Lists it, as a root key';
}

const touchWords = {
  never: 'Not needed',
  always: 'At every signature',
  cached: 'Once in 15 seconds',
} as const;

export function touchText(touch: TokenSlotView['touch']): string {
  return touch === undefined ? 'Not told by the token' : touchWords[touch];
}

/** Said of a value that every token comes with. */
export function factoryText(values: TokenDeviceView['factory']): string {
  const known = values.filter((value) => value !== 'management key');
  return known.join(' and ');
}

/** What can be told of a slot before it is chosen. */
export function slotNote(slot: string): string {
  switch (slot) {
    case '9c':
      return 'asks for the PIN at every signature';
    case '9e':
      return 'never asks for the PIN';
    case '9a':
    case '9d':
      return 'notary can use it too';
    default:
      return 'Trustdesk only; notary does not look there';
  }
}
