/**
 * The application menu. Pure. macOS needs one for copy and paste; elsewhere the window has its own ways.
 */
import type { MenuItemConstructorOptions } from 'electron';

/** `undefined` means no menu at all. Reloading and the developer tools are for an unpackaged app only. */
export function menuTemplate(
  platform: string,
  packaged: boolean,
): readonly MenuItemConstructorOptions[] | undefined {
  const development: MenuItemConstructorOptions[] = packaged
    ? []
    : [{ label: 'Development', submenu: [{ role: 'reload' }, { role: 'toggleDevTools' }] }];
  if (platform === 'darwin') {
    return [{ role: 'appMenu' }, { role: 'editMenu' }, ...development, { role: 'windowMenu' }];
  }
  return packaged ? undefined : development;
}
