/** Second step: two places. Drives appear as they are plugged in; any folder can be added. */
import { FolderPlus, HardDrive, Usb } from 'lucide-react';
import type { DestinationView } from '../../../shared/ipc/backups.ts';
import type { WireError } from '../../../shared/errors.ts';
import { Button } from '../../ui/button.tsx';
import { PathText } from '../../ui/identifier.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Status } from '../../ui/status.tsx';
import { destinationFacts, destinationNotes } from './backup-words.ts';
import { Pick, PickGroup } from './pick.tsx';
import type { WizardState } from './wizard-store.ts';

interface StepWhereProps {
  readonly state: WizardState;
  readonly destinations: readonly DestinationView[];
  readonly error: WireError | undefined;
}

export function StepWhere({ state, destinations, error }: StepWhereProps) {
  const { places, togglePlace, addFolder } = state;
  const hasDrive = destinations.some(({ kind }) => kind === 'drive');
  return (
    <>
      {error !== undefined && <Problem error={error} />}
      {destinations.length > 0 && (
        <PickGroup label="Places" isHidden>
          {destinations.map((place) => (
            <Pick
              key={place.id}
              name="place"
              type="checkbox"
              title={<PlaceTitle place={place} />}
              isOn={places.includes(place.id)}
              isDisabled={place.readOnly && !places.includes(place.id)}
              onChange={() => togglePlace(place.id)}
            >
              <span className="place-notes">
                {destinationNotes(place).map(({ tone, text }) => (
                  <Status key={text} tone={tone}>
                    {text}
                  </Status>
                ))}
              </span>
            </Pick>
          ))}
        </PickGroup>
      )}
      <div className="place-wait" role="status">
        {!hasDrive && <span className="waiting-dot" aria-hidden />}
        <span className="muted">
          {hasDrive
            ? 'Another drive appears here as soon as it is plugged in.'
            : 'Plug in a USB drive: it appears here by itself.'}
        </span>
        <Button size="small" icon={FolderPlus} onPress={() => void addFolder()}>
          Choose a folder…
        </Button>
      </div>
    </>
  );
}

function PlaceTitle({ place }: { readonly place: DestinationView }) {
  const Icon = place.kind === 'drive' ? Usb : HardDrive;
  return (
    <span className="place-title">
      <Icon className="icon" size={15} aria-hidden />
      {place.kind === 'drive' ? (
        <strong className="truncate" title={place.where}>
          {place.label}
        </strong>
      ) : (
        <PathText path={place.where} />
      )}
      <span className="muted place-facts">{destinationFacts(place)}</span>
    </span>
  );
}

/** How many copies are asked for, in the footer. What is in memory is no copy; folders on the keys' disk are one place. */
export function placesNote(places: readonly DestinationView[]): string {
  const lasting = places.filter(({ medium }) => medium !== 'memory' && medium !== 'layer');
  const own = lasting.filter(({ medium }) => medium === 'own-disk').length;
  const count = lasting.length;
  if (own > 0) return 'A copy on the disk of the keys is lost together with them: choose another disk.';
  if (count === 0 && places.length > 0) return 'No copy in what is chosen lasts: choose a drive.';
  if (count === 0) return 'Two copies at different places are asked for.';
  if (count === 1) return 'One copy is one accident away from none: choose a second place too.';
  return `${count} copies. Keep them in different buildings.`;
}
