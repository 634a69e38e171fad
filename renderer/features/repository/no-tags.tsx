/** What stands in the place of the tag table where it has no rows, and what can be done about it. */
import { ArrowLeftRight, FileKey2 } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/surface.tsx';
import type { RepositoryState } from './repository-store.ts';

interface NoTagsProps {
  readonly state: RepositoryState;
  readonly total: number;
  readonly asked: boolean;
}

export function NoTags({
  state: { segment, query, setQuery, setSegment, compareAll, comparing },
  total,
  asked,
}: NoTagsProps) {
  if (total === 0) {
    return (
      <Empty icon={FileKey2} title="No signed tags">
        This repository is set up for signing; no tag in it is signed now.
      </Empty>
    );
  }
  if (query !== '') {
    return (
      <Empty
        icon={FileKey2}
        title="Nothing matches"
        action={<Button onPress={() => setQuery('')}>Clear the filter</Button>}
      >
        No tag or signer has “{query}” in its name, and no digest starts with it.
      </Empty>
    );
  }
  if (segment === 'different' && !asked) {
    return (
      <Empty
        icon={ArrowLeftRight}
        title={comparing.kind === 'running' ? 'None so far' : 'Not compared yet'}
        action={comparing.kind === 'idle' && <Button onPress={() => void compareAll()}>Compare all</Button>}
      >
        Each signed digest is compared with what the registry holds under the same tag now.
      </Empty>
    );
  }
  return (
    <Empty
      icon={ArrowLeftRight}
      title="None differs"
      action={<Button onPress={() => setSegment('signed')}>Show all signed tags</Button>}
    >
      Every tag that the registry told about has the digest that was signed.
    </Empty>
  );
}
