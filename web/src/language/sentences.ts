// Finds the sentences of the console's source: for the test that every language has each of them.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';
import { keyOf } from './language';

export interface Found {
  /** Of t`…`. */
  sentences: Set<string>;
  /** Of plural(…), by the form for many. */
  plurals: Set<string>;
  /** Words on the screen that no catalogue knows: `file: words`. */
  bare: string[];
}

type Node = { type: string } & Record<string, unknown>;
type Say = (words: unknown) => void;

/** Attributes whose value a person reads or hears. */
const SPOKEN = new Set(['title', 'aria-label', 'placeholder', 'label', 'alt', 'words', 'none']);
/** Alike in every language: names, units, keys, codes of the field. */
const ALIKE = /^(ENTENTE|FL|NM|ft|kt|min|msg|dBm|GND|TN|WGS|ADS|Alt|Esc|nbsp)$/;
/** Calls whose strings are for the machine or for the programmer. */
const MACHINE = /^(querySelector|matchMedia|Error|addEventListener|createElement|RegExp|Set|Path2D)$/;

const isWords = (text: string): boolean => text.split(/[^\p{L}]+/u).some((word) => word.length > 1 && !ALIKE.test(word));
/** Several words together, one of them in small letters: not a class, a key or a path. */
const isSentence = (text: string): boolean => /^\p{L}.* \p{Ll}/u.test(text) && isWords(text);

/** Every source file of the console below `folder`, but what is generated and what tests it. */
export function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'generated' || entry.name === 'language' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.(test|fixture)\.ts$/.test(entry.name) ? [path] : [];
  });
}

export function sentencesOf(files: readonly string[]): Found {
  const found: Found = { sentences: new Set(), plurals: new Set(), bare: [] };
  for (const file of files) read(file, readFileSync(file, 'utf8'), found);
  return found;
}

/** Reads one file's text. */
export function read(file: string, text: string, found: Found): void {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]!.message}`);
  const say: Say = (words) => {
    if (typeof words === 'string' && isWords(words)) found.bare.push(`${file}: ${words.trim()}`);
  };
  visit(program as unknown as Node, found, say);
}

function visit(node: Node, found: Found, say: Say): void {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSInterfaceDeclaration':
      return;
    case 'TaggedTemplateExpression':
      found.sentences.add(keyOf(partsOf(node.quasi)));
      for (const value of (node.quasi as Node).expressions as Node[]) visit(value, found, say);
      return;
    case 'CallExpression':
    case 'NewExpression': {
      const name = nameOf(node.callee) || nameOf((node.callee as Node).property);
      const given = node.arguments as Node[];
      if (name === 'plural') {
        found.plurals.add(String(given[2]!.value));
        for (const value of [given[0]!, ...given.slice(3)]) visit(value, found, say);
        return;
      }
      if (MACHINE.test(name)) return;
      break;
    }
    case 'JSXAttribute': {
      const value = node.value as Node | null;
      if (!value) return;
      if (value.type === 'Literal') {
        if (SPOKEN.has(nameOf(node.name))) say(value.value);
        return;
      }
      const expression = value.expression as Node;
      if (SPOKEN.has(nameOf(node.name))) shown(expression, say);
      else if (expression.type === 'TemplateLiteral' || /^(class|d|style)$/.test(nameOf(node.name))) return;
      break;
    }
    case 'Property':
      if (nameOf(node.key) === 'class') return;
      break;
    case 'JSXText':
      say(node.value);
      return;
    case 'JSXElement':
    case 'JSXFragment':
      for (const child of node.children as Node[]) if (child.type === 'JSXExpressionContainer') shown(child.expression as Node, say);
      break;
    case 'Literal':
      if (typeof node.value === 'string' && isSentence(node.value)) say(node.value);
      return;
    case 'TemplateLiteral':
      for (const part of partsOf(node)) if (isSentence(part.trim())) say(part);
  }
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof (child as Node).type === 'string') visit(child as Node, found, say);
    }
  }
}

/** Words that an expression puts on the screen as they stand. */
function shown(node: Node, say: Say): void {
  switch (node.type) {
    case 'Literal':
      say(node.value);
      return;
    case 'TemplateLiteral':
      for (const part of partsOf(node)) say(part);
      return;
    case 'ConditionalExpression':
      shown(node.consequent as Node, say);
      shown(node.alternate as Node, say);
      return;
    case 'LogicalExpression':
      shown(node.right as Node, say);
  }
}

const nameOf = (node: unknown): string => String((node as { name?: unknown } | undefined)?.name ?? '');

const partsOf = (quasi: unknown): string[] =>
  (quasi as { quasis: { value: { cooked: string } }[] }).quasis.map((part) => part.value.cooked);
