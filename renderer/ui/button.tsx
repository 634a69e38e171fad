/**
 * Buttons. One primary per view; a label that ends in "…" opens something, without it acts.
 * Window only; knows no feature.
 */
import { LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components/Button';
import { Hint } from './tooltip.tsx';
import './button.css';

interface ButtonProps extends Pick<
  AriaButtonProps,
  'onPress' | 'isDisabled' | 'type' | 'slot' | 'autoFocus' | 'aria-label'
> {
  readonly children: ReactNode;
  readonly tone?: 'primary' | 'normal' | 'quiet' | 'danger';
  readonly size?: 'normal' | 'small';
  readonly icon?: LucideIcon;
  /** Shows that its act is under way; stays focusable and does not act twice. */
  readonly isPending?: boolean;
}

/** A button with a word on it. */
export function Button({ tone = 'normal', size = 'normal', icon: Icon, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={`button button-${tone} button-${size}`}>
      {rest.isPending === true ? (
        <LoaderCircle className="icon spin" size={16} aria-hidden />
      ) : (
        Icon !== undefined && <Icon className="icon" size={size === 'small' ? 15 : 16} aria-hidden />
      )}
      <span>{children}</span>
    </AriaButton>
  );
}

interface IconButtonProps extends Pick<AriaButtonProps, 'onPress' | 'isDisabled' | 'slot'> {
  readonly icon: LucideIcon;
  /** Read by screen readers and shown as a hint. */
  readonly label: string;
  readonly shortcut?: string;
}

/** A button whose icon says enough; the words are its hint. */
export function IconButton({ icon: Icon, label, shortcut, ...rest }: IconButtonProps) {
  return (
    <Hint text={shortcut === undefined ? label : `${label}  ${shortcut}`}>
      <AriaButton {...rest} aria-label={label} className="icon-button">
        <Icon className="icon" size={16} aria-hidden />
      </AriaButton>
    </Hint>
  );
}
