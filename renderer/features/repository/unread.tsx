/** A tab of a repository of which nothing was ever read: why is said above, and zero would be a claim. */
import { FileQuestion } from 'lucide-react';
import { Empty } from '../../ui/surface.tsx';

export function Unread() {
  return <Empty icon={FileQuestion} title="Nothing to show yet" />;
}
