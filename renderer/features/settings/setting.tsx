/** One setting: a heading with its purpose on the left, what can be set on the right. */
import type { ReactNode } from 'react';

interface SettingProps {
  readonly title: string;
  readonly purpose: ReactNode;
  readonly children: ReactNode;
}

export function Setting({ title, purpose, children }: SettingProps) {
  return (
    <section className="setting" aria-label={title}>
      <div className="setting-head">
        <h2 className="setting-title">{title}</h2>
        <p className="muted">{purpose}</p>
      </div>
      <div className="setting-body">{children}</div>
    </section>
  );
}
