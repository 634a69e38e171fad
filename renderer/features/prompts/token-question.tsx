/** A token's questions, wherever they are shown: in a sheet of their own, or in that of the plan that is signed. */
import type { Prompt } from '../../../shared/ipc/prompts.ts';
import { type PinPrompt, PinQuestion } from './pin-question.tsx';
import type { Answer } from './prompts-store.ts';
import { PlugIn, type PlugInPrompt, TouchNow, type TouchPrompt } from './token-waiting.tsx';

export type TokenPrompt = PinPrompt | TouchPrompt | PlugInPrompt;

export function isTokenPrompt(prompt: Prompt): prompt is TokenPrompt {
  return prompt.kind === 'pin' || prompt.kind === 'touch' || prompt.kind === 'plug-in';
}

export function tokenPromptTitle({ kind }: TokenPrompt): string {
  return kind === 'pin' ? 'Unlock the token' : kind === 'touch' ? 'Touch the token' : 'Plug in the token';
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
