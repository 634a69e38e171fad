/** Where a private key is: this computer, a token, the server, or not here. */
import { CircleSlash, KeyRound, Server, Usb } from 'lucide-react';
import { type KeyPlace, placeText } from '../copy/trust-words.ts';
import { Pill } from './status.tsx';

const icons = { file: KeyRound, yubikey: Usb, server: Server, absent: CircleSlash } as const;

export function KeyPlacePill({ place }: { readonly place: KeyPlace }) {
  return (
    <Pill
      icon={icons[place.kind]}
      tone={place.kind === 'file' || place.kind === 'yubikey' ? 'accent' : 'muted'}
    >
      {placeText(place)}
    </Pill>
  );
}
