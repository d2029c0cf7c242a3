// The sheet to print: maps at each level, figures, gaps and horizons on white.

import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { Horizon, LayerAsked } from '../generated/coverage';
import { heard, t } from '../language/language';
import { fitView, worldX, worldY, type MapView } from '../map/projection';
import { dateZ, flightLevel, latitude, longitude, timeZ } from '../shell/format';
import { PALETTES } from '../theme/theme';
import { askHorizon, askLayer } from './ask';
import { drawPlan } from './CoverageMap';
import { frameOf, imageOf } from './draw';
import { GapList, Levels, SiteTable } from './FiguresPanel';
import { HorizonDiagram } from './HorizonDiagram';
import { legend, Swatch } from './Legend';
import * as session from './session';

const WIDTH = 1040;
const HEIGHT = 560;

export function Sheet() {
  const open = session.opening.value;
  const told = session.figures.value;
  const made = useSignal(Date.now()).value;
  if (!open) return null;
  const levels = session.levelsShown();
  return (
    <div class="sheet" role="dialog" aria-label={t`Sheet to print`} id="sheet">
      <div class="sheet-bar">
        <button type="button" class="button" onClick={() => window.print()}>
          {t`Print`}
        </button>
        <button type="button" class="button" onClick={() => (session.sheetOpen.value = false)}>
          {t`Close (Esc)`}
        </button>
      </div>
      <h1>{t`Coverage: ${open.study.split('/').at(-1)}`}</h1>
      <p class="num">
        {dateZ(made)} {timeZ(made)} · {heard(open.propagation)} · {t`terrain at ${open.step_arcsec.toFixed(0)}″`} ·{' '}
        {t`${open.clearance_m.toFixed(0)} m above ground`}
      </p>
      <table class="figure-table num">
        <thead>
          <tr>
            <th>{t`Site`}</th>
            <th>{t`Party`}</th>
            <th>{t`Position`}</th>
            <th>{t`Mast`}</th>
            <th>{t`Range`}</th>
            <th>{t`Highest elevation`}</th>
          </tr>
        </thead>
        <tbody>
          {session.sites.value.map((site) => (
            <tr key={site.name}>
              <th scope="row">{site.name}</th>
              <td>{site.party}</td>
              <td>
                {latitude(site.lat_deg)} {longitude(site.lon_deg)}
              </td>
              <td>{site.mast_m.toFixed(0)} m</td>
              <td>{site.range_max_nm.toFixed(0)} NM</td>
              <td>{site.elevation_max_deg.toFixed(0)}°</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul class="sheet-legend">
        {legend('seen', 'light', null)
          .map((entry) => (
            <li key={entry.words}>
              <Swatch fill={entry.fill} striped={entry.striped} /> {entry.words}
            </li>
          ))}
      </ul>
      {levels.map((level) => (
        <LevelMap key={level} level={level} />
      ))}
      {told && (
        <>
          <h2>{t`Covered, % of the region`}</h2>
          <Levels rows={told.levels} />
          <h2>{t`What each site gives at ${flightLevel(session.level.value * 100)}, % of the region`}</h2>
          <SiteTable told={told} />
          <h2>{t`Gaps at ${flightLevel(session.level.value * 100)}`}</h2>
          <GapList told={told} most={20} />
        </>
      )}
      <h2>{t`Horizons`}</h2>
      {session.sites.value.map((site) => (
        <SiteHorizon key={site.name} name={site.name} />
      ))}
      <p>
        {t`Heights over mean sea level; flight levels as in the standard atmosphere. “Maybe” is seen over the mean ground of each cell, “surely” over its highest. Line of sight only. Borders are not authoritative. Not for navigation.`}
      </p>
    </div>
  );
}

function LevelMap({ level }: { level: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const problem = useSignal<string | null>(null);
  useEffect(() => {
    const control = new AbortController();
    void draw(canvas.current!, level, control.signal).catch((error: Error) => {
      if (!control.signal.aborted) problem.value = error.message;
    });
    return () => control.abort();
  }, []);
  return (
    <figure>
      <canvas ref={canvas} width={WIDTH} height={HEIGHT} data-level={level} />
      <figcaption>{problem.value ?? flightLevel(level * 100)}</figcaption>
    </figure>
  );
}

async function draw(canvas: HTMLCanvasElement, level: number, signal: AbortSignal): Promise<void> {
  const open = session.opening.value!;
  const points = open.region.length
    ? open.region.flat().map(([lat, lon]) => ({ x: worldX(lon!), y: worldY(lat!) }))
    : session.sites.value.map((site) => ({ x: worldX(site.lon_deg), y: worldY(site.lat_deg) }));
  const view: MapView | null = fitView(points, WIDTH, HEIGHT);
  if (!view) return;
  const ask = (kind: LayerAsked['kind']): LayerAsked => ({
    kind,
    sites: kind === 'relief' ? [] : session.sites.value,
    against: null,
    level,
    surely: kind === 'seen',
    ...frameOf(view),
  });
  const [relief, seen] = [ask('relief'), ask('seen')];
  const ground = imageOf({ asked: relief, bytes: await askLayer(relief, signal) }, 'light', 'relief');
  const image = imageOf({ asked: seen, bytes: await askLayer(seen, signal) }, 'light', 'seen');
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = PALETTES.light.sea;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  const gaps = level === session.level.value ? (session.figures.value?.gaps ?? []) : [];
  const plan = session.plan.value.filter((site) => site.on);
  drawPlan(pen, view, { theme: 'light', plan, selected: null, gaps, gapChosen: null, region: open.region }, { seen: image, ground });
  canvas.dataset['drawn'] = 'true';
}

function SiteHorizon({ name }: { name: string }) {
  const told = useSignal<Horizon | null>(null);
  useEffect(() => {
    const control = new AbortController();
    const site = session.sites.value.find((one) => one.name === name);
    if (site) askHorizon(site, control.signal).then((answer) => (told.value = answer), () => undefined);
    return () => control.abort();
  }, []);
  return (
    <div class="sheet-horizon">
      <h3>{name}</h3>
      {told.value && <HorizonDiagram told={told.value} />}
    </div>
  );
}
