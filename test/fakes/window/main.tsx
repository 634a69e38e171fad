/** The window over a made-up privileged side, to look at and to measure. `?tags=75000&first-run&theme=dark&pace=0`. */
import '../../../renderer/ui/tokens.css';
import '../../../renderer/ui/base.css';
import { createRoot } from 'react-dom/client';
import { App } from '../../../renderer/app/app.tsx';
import { createStores } from '../../../renderer/app/stores.ts';
import { permanentLink } from '../../../renderer/bridge/connection.ts';
import { privilegedSide } from '../privileged-side.ts';

const query = new URLSearchParams(window.location.search);
const theme = query.get('theme');
const side = privilegedSide({
  now: Date.now(),
  firstRun: query.has('first-run'),
  manyTags: Number(query.get('tags') ?? 75_000),
  theme: theme === 'light' || theme === 'dark' ? theme : 'system',
  pace: Number(query.get('pace') ?? 1),
});
const stores = createStores(side.bridge);
Object.assign(window, { stores, side });
const place = document.getElementById('window');
if (place === null) throw new Error('no place for the window');
createRoot(place).render(<App stores={stores} link={permanentLink(side.transport)} />);
