/** A button that opens a list of acts. */
import type { LucideIcon } from 'lucide-react';
import { Menu, MenuItem, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import { IconButton } from './button.tsx';
import './action-menu.css';

export interface MenuAct {
  readonly id: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly run: () => void;
  readonly isDestructive?: boolean;
  /** Why it cannot be done now; it is shown all the same. */
  readonly whyNot?: string | undefined;
}

interface ActionMenuProps {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly acts: readonly MenuAct[];
}

export function ActionMenu({ label, icon, acts }: ActionMenuProps) {
  return (
    <MenuTrigger>
      <IconButton icon={icon} label={label} />
      <Popover className="menu-popover" placement="bottom end" offset={4}>
        <Menu className="menu" aria-label={label}>
          {acts.map(({ id, label: text, icon: Icon, run, isDestructive = false, whyNot }) => (
            <MenuItem
              key={id}
              id={id}
              textValue={text}
              className="menu-item"
              data-destructive={isDestructive}
              isDisabled={whyNot !== undefined}
              onAction={run}
            >
              <Icon className="icon" size={15} aria-hidden />
              <span>{text}</span>
              {whyNot !== undefined && <span className="menu-why">{whyNot}</span>}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
