// All sensors and how they do; a row opens to its defects and totals.

import { useSignal } from '@preact/signals';
import type { SensorRow } from '../generated/wire';
import { Glyph } from '../shell/Glyph';
import { isNodeSilent } from '../connection/state';
import { count, rate, timeZ } from '../shell/format';
import { connection, sensors } from '../shell/state';
import { defectWords, healthWords, lastHeard, summary } from './health';
import { t, told } from '../language/language';

const DEFECTS_SHOWN = 12;

export function SensorPanel() {
  const rows = sensors.value?.rows ?? [];
  const stale = sensors.value !== null && isNodeSilent(connection.value);
  return (
    <aside class={`panel ${stale ? '' : 'of-now'}`} id="sensors" aria-label={t`Sensors`}>
      <header class="panel-head">
        <h2>{t`Sensors`}</h2>
        <span class="panel-note num">{stale ? t`as of ${timeZ(sensors.value!.time_ms)}` : rows.length ? summary(rows) : ''}</span>
      </header>
      {rows.length === 0 ? (
        <p class="empty">{t`No sensor is known yet.`}</p>
      ) : (
        <ul class="sensor-list">
          {rows.map((row) => (
            <Sensor key={`${row.feed} ${row.id} ${row.name}`} row={row} stale={stale} />
          ))}
        </ul>
      )}
    </aside>
  );
}

function Sensor({ row, stale }: { row: SensorRow; stale: boolean }) {
  const open = useSignal(false);
  const health = healthWords(row.health);
  const defects = row.defects.reduce((sum, defect) => sum + defect.count, 0);
  return (
    <li class={`sensor tone-${health.tone}`}>
      <button
        type="button"
        class="sensor-head"
        aria-expanded={open.value}
        onClick={() => (open.value = !open.value)}
      >
        <Glyph shape={health.glyph} class="sensor-glyph" />
        <span class="sensor-name">{row.name}</span>
        <span class="sensor-health">{stale ? t`was ${health.word}¦sensor` : health.word}</span>
        <Glyph shape={open.value ? 'up' : 'down'} class="sensor-chevron" />
      </button>
      <div class="sensor-line">
        <span>{told(row.kind)}</span>
        <span class="num">{stale || row.silent_ms === null ? '' : `${rate(row.messages_per_s)} msg/s`}</span>
        <span class="num">{stale ? '' : lastHeard(row)}</span>
      </div>
      {row.note && <p class="sensor-note">{row.note}</p>}
      {open.value && (
        <dl class="facts sensor-facts">
          <dt>{t`Identifier`}</dt>
          <dd class="num">{row.id}</dd>
          <dt>{t`Feed`}</dt>
          <dd class="wrap">{row.feed}</dd>
          <dt>{t`Plots`}</dt>
          <dd class="num">
            {t`${rate(row.plots_per_s)}/s, ${count(row.plots)} in all`}
          </dd>
          <dt>{t`Messages`}</dt>
          <dd class="num">{t`${count(row.messages)} in all`}</dd>
          {row.period_s !== null && (
            <>
              <dt>{t`Rotation`}</dt>
              <dd class="num">{row.period_s.toFixed(2)} s</dd>
            </>
          )}
          {row.detection && (
            <>
              <dt>{t`Detection`}</dt>
              <dd class="num">
                {t`${Math.round(row.detection.share * 1000) / 10} % of ${count(row.detection.expected)} expected`}
              </dd>
            </>
          )}
          <dt>{t`Defects`}</dt>
          <dd class="num">{defects === 0 ? t`none` : count(defects)}</dd>
          {row.defects.slice(0, DEFECTS_SHOWN).map((defect) => (
            <>
              <dt class="defect">{defectWords(defect.name)}</dt>
              <dd class="num">{count(defect.count)}</dd>
            </>
          ))}
          {row.told.length > 0 && (
            <>
              <dt>{t`Plans`}</dt>
              <dd class="wrap">
                {row.told.map((line) => (
                  <div key={line}>{line}</div>
                ))}
              </dd>
            </>
          )}
        </dl>
      )}
    </li>
  );
}
