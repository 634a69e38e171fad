/** A token's questions, wherever they are shown: in a sheet of their own, or in that of the plan that is signed. */
import type { Prompt } from '../../../shared/ipc/prompts.ts';
import { type PinPrompt, PinQuestion } from './pin-question.tsx';
import type { Answer } from './prompts-store.ts';
import { PlugIn, type PlugInPrompt, TouchNow, type TouchPrompt } from './token-waiting.tsx';

export type TokenPrompt = PinPrompt | TouchPrompt | PlugInPrompt;

export function isTokenPrompt(prompt: Prompt): prompt is TokenPrompt {
  return prompt.kind === 'pin' || prompt.kind === 'touch' || prompt.kind === 'plug-in';
}

export function tokenPromptTitle(prompt: TokenPrompt): string {
  if (prompt.kind === 'touch') return 'Touch the token';
  if (prompt.kind === 'plug-in') return 'Plug in the token';
  const { isNew, what } = prompt;
  if (isNew) return `Choose a new ${what}`;
  return what === 'PIN' ? 'Unlock the token' : `Enter the ${what}`;
}

interface TokenQuestionProps {
  readonly prompt: TokenPrompt;
  readonly onAnswer: (value: Answer) => void;
  readonly isInline?: boolean;
}

export function TokenQuestion({ prompt, onAnswer, isInline = false }: TokenQuestionProps) {
  switch (prompt.kind) {
    case 'pin':
      return <PinQuestion prompt={prompt} onAnswer={onAnswer} isInline={isInline} />;
    case 'touch':
      return <TouchNow prompt={prompt} onAnswer={onAnswer} />;
    case 'plug-in':
      return <PlugIn prompt={prompt} onAnswer={onAnswer} />;
  }
}
