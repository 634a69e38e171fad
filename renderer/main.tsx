/** The window's entry: finds its way to the privileged side and draws. Runs in the renderer or in a browser page. */
import './ui/tokens.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBridge } from '../shared/ipc/bridge.ts';
import { contract } from '../shared/ipc/contract.ts';
import { App } from './app/app.tsx';
import { createStores } from './app/stores.ts';
import { connect } from './bridge/connect.ts';

const link = connect(window);
const stores = createStores(createBridge(contract, link.transport));
const place = document.getElementById('window');
if (place === null) throw new Error('index.html has no element with the ID window');
createRoot(place).render(
  <StrictMode>
    <App stores={stores} link={link} />
  </StrictMode>,
);
