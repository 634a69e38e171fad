/** Tokens as the window sees them: public facts, in the shapes of the contract. Pure. */
import type { TokenDeviceView, TokenSlots, TokenSlotView, YubikeyState } from '../../shared/ipc/yubikey.ts';
import { preferredSlots } from './slot-names.ts';
import type { SecretName } from './token-failures.ts';
import { toTokenName, type TokenDevice, type TokenState } from './token-finder.ts';
import type { TokenSlot } from './token-keys.ts';

/** What is known of values that everybody knows, by serial number. */
export type FactoryValues = (serial: string) => readonly SecretName[];

export function toStateView(state: TokenState, factory: FactoryValues): YubikeyState {
  switch (state.kind) {
    case 'no-library':
      return { ...state, looked: [...state.looked] };
    case 'ready':
      return { ...state, devices: state.devices.map((device) => toDeviceView(device, factory)) };
    case 'failed': {
      const { code, details } = state.error;
      return { kind: 'failed', error: { code, details: { ...details } } };
    }
    default:
      return state;
  }
}

function toDeviceView(device: TokenDevice, factory: FactoryValues): TokenDeviceView {
  const { serial, name, firmware, isPiv, pin, puk, isLoggedIn, choosesTouch } = device;
  return {
    serial,
    firmware,
    isPiv,
    choosesTouch,
    model: toTokenName(device).model,
    tries: pin,
    unblockTries: puk,
    isUnlocked: isLoggedIn,
    factory: [...factory(serial)],
    ...(name === undefined ? {} : { name }),
  };
}

/** The usual ones first; 9c asks for its PIN at every signature and 9e never does, so they are the last resort. */
const slotsInOrder: readonly string[] = [...preferredSlots, '9c', '9e'];

export function toSlotsView(device: Pick<TokenDevice, 'isPiv'>, slots: readonly TokenSlot[]): TokenSlots {
  const taken = new Set(slots.map(({ slot }) => slot));
  return {
    slots: slots.map(toSlotView).sort(bySlot),
    free: device.isPiv ? slotsInOrder.filter((slot) => !taken.has(slot)) : [],
  };
}

/** 9a to 9e before the retired ones, as every tool lists them. */
function bySlot(a: TokenSlotView, b: TokenSlotView): number {
  const group = ({ slot }: TokenSlotView): number => (slot.startsWith('9') && slot > '99' ? 0 : 1);
  return group(a) - group(b) || a.slot.localeCompare(b.slot);
}

function toSlotView(entry: TokenSlot): TokenSlotView {
  const { slot, state, keyId, algorithm, role, gun, commonName } = entry;
  const { certificateExpires, madeOnDevice, pinPolicy, touchPolicy, isCertain, notaryUses } = entry;
  return {
    slot,
    state,
    role,
    isCertain,
    notaryUses,
    ...(keyId === undefined ? {} : { id: keyId }),
    ...(algorithm === undefined ? {} : { algorithm }),
    ...(gun === undefined ? {} : { gun }),
    ...(commonName === undefined ? {} : { commonName }),
    ...(certificateExpires === undefined ? {} : { certificateUntil: certificateExpires }),
    ...(madeOnDevice === undefined ? {} : { madeOnDevice }),
    ...(pinPolicy === undefined ? {} : { asks: pinPolicy }),
    ...(touchPolicy === undefined ? {} : { touch: touchPolicy }),
  };
}
