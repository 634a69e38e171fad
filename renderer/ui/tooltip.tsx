/** A hint that appears on hover and on keyboard focus. Never the only place where something is said. */
import type { ReactElement } from 'react';
import { Tooltip, TooltipTrigger } from 'react-aria-components/Tooltip';
import './tooltip.css';

interface HintProps {
  readonly text: string;
  /** Must be pressable or focusable. */
  readonly children: ReactElement;
  readonly mono?: boolean;
}

export function Hint({ text, children, mono = false }: HintProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <Tooltip className={`hint${mono ? ' mono' : ''}`} offset={6}>
        {text}
      </Tooltip>
    </TooltipTrigger>
  );
}
