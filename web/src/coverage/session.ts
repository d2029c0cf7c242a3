// What the coverage view shows, as signals, and what it asks when they change.

import { batch, computed, effect, signal } from '@preact/signals';
import type { Advice, Figures, FiguresAsked, Horizon, LayerAsked, Opening, SiteEntry, Window } from '../generated/coverage';
import { askAdvice, askFigures, askHorizon, askLayer, askOpening } from './ask';
import { Latest } from './latest';
import type { Style } from './paint';
import { planOf, siteNamed, standing, type Plan } from './plan';

export const opening = signal<Opening | null>(null);
export const plan = signal<Plan>([]);
/** Name of the site whose horizon and figures are open. */
export const selected = signal<string | null>(null);
/** The next click on the map places a site. */
export const placing = signal(false);
export const level = signal(100);
export const style = signal<Style>('seen');
/** The variant compared with: A, beside the plan, which is B. */
export const against = signal<readonly SiteEntry[] | null>(null);
export const dragging = signal(false);
/** Figures as they came, and the question they answer. */
export const figured = signal<{ asked: FiguresAsked; told: Figures } | null>(null);
export const figures = computed(() => figured.value?.told ?? null);
export const horizon = signal<{ name: string; told: Horizon } | null>(null);
export const gapChosen = signal<number | null>(null);
export const problem = signal<string | null>(null);
/** Milliseconds from the last change of the plan or the level to its picture. */
export const tookMs = signal<number | null>(null);
export const working = signal(false);
export const sheetOpen = signal(false);
export const advice = signal<Advice | null>(null);
export const advising = signal(false);

/** One layer as it came: where it lies and what it was asked with. */
export interface Layer {
  asked: LayerAsked;
  bytes: Uint8Array;
}
export const seen = signal<Layer | null>(null);
export const ground = signal<Layer | null>(null);
/** What the map shows: asked for again when it has moved. */
export const frame = signal<{ window: Window; width: number; height: number } | null>(null);

export const sites = computed(() => standing(plan.value));
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
/** What the map shows is of another plan, level or place than is asked for. */
export const outdated = computed(() => {
  const from = seen.value?.asked;
  if (!from || !frame.value) return true;
  const { window, width, height } = from;
  return !same([from.sites, from.level], [sites.value, level.value]) || !same({ window, width, height }, frame.value);
});
/** What the figures are of. */
const question = computed<FiguresAsked>(() => ({
  sites: sites.value,
  against: against.value ? [...against.value] : null,
  level: level.value,
  levels: levelsShown(),
}));
export const figuresOutdated = computed(() => !figured.value || !same(figured.value.asked, question.value));

let changedMs: number | null = null;
/** What a question last failed with: the next picture takes that away, and not what was typed wrongly. */
let failure: string | null = null;

const layers = new Latest<LayerAsked, Uint8Array>(
  askLayer,
  (bytes, asked) => {
    batch(() => {
      seen.value = { asked, bytes };
      if (problem.value === failure) problem.value = null;
      working.value = false;
      if (changedMs !== null && !outdated.value) {
        tookMs.value = performance.now() - changedMs;
        changedMs = null;
      }
    });
  },
  failed,
);
const relief = new Latest<LayerAsked, Uint8Array>(askLayer, (bytes, asked) => (ground.value = { asked, bytes }), failed, true);
const figuring = new Latest(askFigures, (told, asked: FiguresAsked) => (figured.value = { asked, told }), failed, true);
const skyline = new Latest(askHorizon, (told, site) => (horizon.value = { name: site.name, told }), failed, true);
const advised = new Latest(
  askAdvice,
  (told) => {
    batch(() => {
      advice.value = told;
      advising.value = false;
    });
  },
  (why) => {
    advising.value = false;
    failed(why);
  },
);

function failed(why: string): void {
  failure = why;
  batch(() => {
    problem.value = why;
    working.value = false;
  });
}

/** Asks where more sensors would add most. */
export function askForAdvice(number: number, summits: number): void {
  const open = opening.value;
  if (!open) return;
  batch(() => {
    advice.value = null;
    advising.value = true;
  });
  advised.ask({ sites: sites.value, levels: open.levels, number, summits });
}

export function stopAdvice(): void {
  advised.cancel();
  advising.value = false;
}

/** The level, the plan or both become A; what is planned from here on is B. */
export function keepAsA(): void {
  batch(() => {
    against.value = sites.value;
    style.value = 'compare';
  });
}

export function dropA(): void {
  batch(() => {
    against.value = null;
    if (style.value === 'compare') style.value = 'seen';
  });
}

export const levelsShown = (): number[] =>
  [...new Set([...(opening.value?.levels ?? []), level.value])].sort((a, b) => a - b);

export function start(): void {
  effect(() => {
    void [sites.value, level.value];
    changedMs = performance.now();
    problem.value = null;
  });
  effect(() => {
    const at = frame.value;
    if (!at || !opening.value || opening.value.closed !== null) return;
    working.value = true;
    layers.ask({
      kind: style.value === 'lowest' ? 'lowest' : 'seen',
      sites: sites.value,
      against: style.value === 'compare' && against.value ? [...against.value] : null,
      level: level.value,
      surely: !dragging.value && style.value === 'seen',
      ...at,
    });
  });
  effect(() => {
    const at = frame.value;
    if (!at || !opening.value || opening.value.closed !== null) return;
    relief.ask({ kind: 'relief', sites: [], against: null, level: 100, surely: false, ...at });
  });
  effect(() => {
    if (!opening.value || opening.value.closed !== null) return;
    if (dragging.value) {
      figuring.cancel();
      return;
    }
    figuring.ask(question.value);
  });
  effect(() => {
    const site = siteNamed(plan.value, selected.value);
    if (site && !dragging.value) skyline.ask(site);
  });
  askOpening().then(
    (told) => {
      batch(() => {
        opening.value = told;
        plan.value = planOf(told);
        level.value = told.levels[0] ?? 100;
        selected.value = told.sites[0]?.name ?? null;
      });
    },
    (error: Error) => failed(error.message),
  );
}
