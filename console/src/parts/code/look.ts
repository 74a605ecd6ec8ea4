/** How code looks in CodeMirror: the tokens of the theme, both brightnesses alike. */

import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export type CodeLanguage = 'yaml' | 'json' | 'text';

export function languageOf(language: CodeLanguage): Extension {
  return language === 'yaml' ? yaml() : language === 'json' ? json() : [];
}

const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--ant-color-link)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ant-color-success)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--ant-color-warning)' },
  { tag: tags.comment, color: 'var(--ant-color-text-tertiary)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--ant-color-error)' },
]);

/** A background on which every colour of the code keeps its contrast. */
function tint(colour: 'success' | 'error'): string {
  return `color-mix(in srgb, var(--ant-color-${colour}) 8%, var(--ant-color-bg-container))`;
}

export const codeLook: Extension = [
  EditorView.theme({
    '&': {
      backgroundColor: 'var(--ant-color-bg-container)',
      color: 'var(--ant-color-text)',
      fontSize: '13px',
    },
    '&.cm-focused': { outline: '2px solid var(--ant-color-primary)', outlineOffset: '-2px' },
    '.cm-scroller': { fontFamily: 'var(--ant-font-family-code)', lineHeight: '1.55' },
    '.cm-content': { caretColor: 'var(--ant-color-text)' },
    '.cm-cursor': { borderLeftColor: 'var(--ant-color-text)' },
    '.cm-gutters': {
      backgroundColor: 'var(--ant-color-bg-layout)',
      color: 'var(--ant-color-text-tertiary)',
      borderRight: '1px solid var(--ant-color-border-secondary)',
    },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--ant-color-fill-quaternary)' },
    '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
      backgroundColor: 'var(--ant-control-item-bg-active)',
    },
    '.cm-tooltip, .cm-panels': {
      backgroundColor: 'var(--ant-color-bg-elevated)',
      color: 'var(--ant-color-text)',
      border: '1px solid var(--ant-color-border)',
    },
    '.cm-tooltip-autocomplete ul li[aria-selected]': {
      backgroundColor: 'var(--ant-color-primary)',
      color: 'var(--ant-color-text-light-solid)',
    },
    '.cm-changedLine, .cm-insertedLine, ins.cm-insertedLine': { backgroundColor: tint('success') },
    '.cm-deletedChunk, del.cm-deletedLine, .cm-deletedLine': { backgroundColor: tint('error') },
    '.cm-changedText': { background: 'none', boxShadow: 'inset 0 -2px 0 var(--ant-color-success)' },
    '.cm-deletedText, .cm-deletedChunk .cm-deletedText': {
      background: 'none',
      boxShadow: 'inset 0 -2px 0 var(--ant-color-error)',
    },
    '.cm-collapsedLines': {
      color: 'var(--ant-color-text-secondary)',
      background: 'var(--ant-color-fill-tertiary)',
    },
    // Signs few fonts have.
    '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '""' },
  }),
  syntaxHighlighting(highlight),
];
