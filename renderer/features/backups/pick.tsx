/** Choices with a line of explanation each: one of several, or any of them. Native inputs, so that every key works. */
import type { ReactNode } from 'react';

interface PickProps {
  readonly name: string;
  readonly type: 'radio' | 'checkbox';
  readonly title: ReactNode;
  readonly isOn: boolean;
  readonly isDisabled?: boolean;
  readonly onChange: () => void;
  readonly children?: ReactNode;
}

/** One choice. The explanation belongs to it for screen readers too. */
export function Pick({ name, type, title, isOn, isDisabled = false, onChange, children }: PickProps) {
  return (
    <label className="pick" data-on={isOn} data-disabled={isDisabled}>
      <input type={type} name={name} checked={isOn} disabled={isDisabled} onChange={onChange} />
      <span className="pick-text">
        <span className="pick-title">{title}</span>
        {children !== undefined && <span className="pick-more">{children}</span>}
      </span>
    </label>
  );
}

interface PickGroupProps {
  readonly label: string;
  /** Only for screen readers, where the sheet's title says it already. */
  readonly isHidden?: boolean;
  readonly children: ReactNode;
}

export function PickGroup({ label, isHidden = false, children }: PickGroupProps) {
  return (
    <fieldset className="fieldset">
      <legend className={isHidden ? 'visually-hidden' : 'overline pick-legend'}>{label}</legend>
      <div className="picks">{children}</div>
    </fieldset>
  );
}
