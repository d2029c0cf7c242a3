// All sensors and how they do; a row opens to its defects and totals.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { SensorRow } from '../generated/wire';
import { Glyph } from '../shell/Glyph';
import { isNodeSilent } from '../connection/state';
import { count, rate, timeZ } from '../shell/format';
import { connection, seenAs, sensors } from '../shell/state';
import { CoverSection } from './CoverSection';
import { defectWords, healthWords, lastHeard, summary } from './health';
import { lookAtCover, sensorAt, showsAlone, toggleAlone } from './state';
import { BIASES, biasBasis, biasLine, cautions, markLine, saidLine, toldBiases, type Line } from './words';
import { plural, t, told } from '../language/language';

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
  // While the node is silent times stand in place of ages.
  const asOfMs = stale ? sensors.value!.time_ms : null;
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
      {!stale &&
        cautions(row).map((words, at) => (
          <p key={at} class="sensor-note said caution">
            <Glyph shape="diamond" />
            {words}
          </p>
        ))}
      {open.value && <Tools row={row} />}
      {open.value && sensorAt.value === row.id && <CoverSection stale={stale} />}
      {open.value && (
        <dl class="facts sensor-facts">
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
          {row.marks.map((mark) => {
            const { name, line } = markLine(mark, row.period_s, asOfMs);
            return <Fact key={mark.kind} name={name} line={line} />;
          })}
          {row.bias && (
            <>
              {BIASES.map((kind) => (
                <Fact key={kind.name} name={kind.name} line={biasLine(kind, kind.of(row.bias!))} />
              ))}
              <dd class="sensor-basis">{biasBasis(row.bias)}</dd>
            </>
          )}
          <dt>{t`Plots`}</dt>
          <dd class="num">
            {t`${rate(row.plots_per_s)}/s, ${count(row.plots)} in all`}
          </dd>
          {row.fates && <Fates fates={row.fates} />}
          {row.said.map((said, at) => (
            <Fact key={at} name={said.teller ?? t`Says of itself`} line={saidLine(said, asOfMs)}>
              {said.troubles.map((name) => (
                <div key={name}>{defectWords(name)}</div>
              ))}
              {toldBiases(said.biases, row.bias).map((line) => (
                <Said key={line.words} line={line} />
              ))}
            </Fact>
          ))}
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
          <dt>{t`Identifier`}</dt>
          <dd class="num">{row.id}</dd>
          <dt>{t`Feed`}</dt>
          <dd class="wrap">{row.feed}</dd>
          <dt>{t`Messages`}</dt>
          <dd class="num">{t`${count(row.messages)} in all`}</dd>
        </dl>
      )}
    </li>
  );
}

/** What an open sensor is asked for: its coverage, and the tracks that only it holds. */
function Tools({ row }: { row: SensorRow }) {
  if (row.id === '') return null;
  const alone = plural(row.alone, '{n} track only it holds', '{n} tracks only it holds');
  return (
    <div class="sensor-tools">
      <button type="button" class="button small" aria-pressed={sensorAt.value === row.id} onClick={() => lookAtCover(row.id)}>
        {t`Measured coverage`}
      </button>
      {/* A partner's view says nothing of our sensors. */}
      {seenAs.value === null && (
        <button type="button" class="button small alone" aria-pressed={showsAlone(row)} onClick={() => toggleAlone(row)}>
          {alone}
        </button>
      )}
    </div>
  );
}

function Said({ line }: { line: Line }) {
  return (
    <div class={`said ${line.tone}`}>
      {line.tone === 'caution' && <Glyph shape="diamond" />}
      {line.words}
    </div>
  );
}

function Fact({ name, line, children }: { name: string; line: Line; children?: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class="wrap num">
        <Said line={line} />
        {children}
      </dd>
    </>
  );
}

/** What became of its plots, and why some were refused. */
function Fates({ fates }: { fates: NonNullable<SensorRow['fates']> }) {
  const refused = fates.refused.reduce((sum, reason) => sum + reason.count, 0);
  return (
    <>
      <dt>{t`Used`}</dt>
      <dd class="num">{fates.refreshed > 0 ? t`${count(fates.used)}, and ${count(fates.refreshed)} without a place` : count(fates.used)}</dd>
      <dt>{t`Of no track`}</dt>
      <dd class="num">{count(fates.unassociated)}</dd>
      <dt>{t`Rejected`}</dt>
      <dd class="num">{refused === 0 ? t`none` : count(refused)}</dd>
      {fates.refused.map((reason) => (
        <>
          <dt class="defect">{defectWords(reason.name)}</dt>
          <dd class="num">{count(reason.count)}</dd>
        </>
      ))}
    </>
  );
}
