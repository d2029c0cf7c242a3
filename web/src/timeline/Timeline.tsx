// The strip under the map: traffic and alerts of the last hours, and the instant that is shown.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { SEVERITY_GLYPH } from '../alerts/words';
import { minuteZ, timeZ } from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { clockMs, connection, pictureVersion } from '../shell/state';
import { KIND_WORDS, nameWords } from '../incidents/words';
import { SPANS_H, areaOf, columnsOf, incidentSpans, ticksOf, type Column, type IncidentSpan } from './columns';
import { SPEEDS, incidentsNow, lookBack, nowMs, past, playOrPause, setKnown, setSpeed, shownMs, span, timeline, toPresent, watchTimeline } from './state';
import { plural, t } from '../language/language';

export function Timeline() {
  useEffect(watchTimeline, []);
  return (
    <section class={`timeline ${past.value ? 'is-past' : ''}`} aria-label={t`Timeline`}>
      <Pace />
      <Strip />
      <Span />
    </section>
  );
}

function Pace() {
  const asked = past.value;
  return (
    <div class="timeline-pace">
      <button type="button" class="button small" id="to-present" disabled={asked === null} onClick={toPresent}>
        {t`Live (L)`}
      </button>
      <button
        type="button"
        class="icon-button"
        id="play-pause"
        disabled={asked === null}
        aria-label={asked?.paused ? t`Play` : t`Pause`}
        title={asked?.paused ? t`Play` : t`Pause`}
        onClick={playOrPause}
      >
        <Glyph shape={asked && !asked.paused ? 'pause' : 'play'} />
      </button>
      <label class="field" title={t`Pace of the replay`}>
        <span class="visually-hidden">{t`Pace of the replay`}</span>
        <select id="pace" disabled={asked === null} value={String(asked?.speed ?? 1)} onChange={(event) => setSpeed(Number(event.currentTarget.value))}>
          {SPEEDS.map((speed) => (
            <option key={speed} value={String(speed)}>
              ×{speed}
            </option>
          ))}
        </select>
      </label>
      {asked && (
        <label class="field" title={t`Identities: as people had decided by then, or as they have since`}>
          <span class="visually-hidden">{t`Identities: as people had decided by then, or as they have since`}</span>
          <select id="known" value={asked.known} onChange={(event) => setKnown(event.currentTarget.value === 'now' ? 'now' : 'then')}>
            <option value="then">{t`as known then`}</option>
            <option value="now">{t`as known now`}</option>
          </select>
        </label>
      )}
    </div>
  );
}

function Span() {
  return (
    <div class="timeline-span" role="group" aria-label={t`How much of the day`}>
      {SPANS_H.map((hours) => (
        <button key={hours} type="button" class="button small" aria-pressed={span.value === hours} onClick={() => (span.value = hours)}>
          {hours} h
        </button>
      ))}
    </div>
  );
}

function Strip() {
  void clockMs.value;
  void pictureVersion.value;
  const wanted = useSignal<number | null>(null);
  const now = nowMs();
  const columns = columnsOf(timeline.value?.minutes ?? [], span.value, now);
  const [fromMs, toMs] = [columns[0]!.fromMs, columns.at(-1)!.toMs];
  const at = (ms: number): string => `${Math.min(100, Math.max(0, ((ms - fromMs) / (toMs - fromMs)) * 100))}%`;
  const recorded = timeline.value?.recorded !== false;
  const shown = wanted.value ?? (past.value ? shownMs() : now);
  const words = past.value || wanted.value !== null ? timeZ(shown) : t`now`;
  return (
    <div class="timeline-strip">
      <svg class="timeline-area" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <path d={areaOf(columns)} />
      </svg>
      {columns.map((column) => (
        <Marks key={column.fromMs} column={column} left={at(column.fromMs)} width={`${100 / columns.length}%`} known={timeline.value !== null && column.fromMs < now} />
      ))}
      <ul class="timeline-incidents" aria-label={t`Incidents`}>
        {incidentSpans(incidentsNow.value, fromMs, now).map((one) => (
          <li
            key={nameWords(one.row.name)}
            class={`timeline-incident lane-${one.lane} ${one.row.closed ? 'closed' : ''}`}
            style={{ left: at(one.fromMs), width: `${((one.toMs - one.fromMs) / (toMs - fromMs)) * 100}%` }}
          >
            <span class="visually-hidden">{incidentWords(one)}</span>
          </li>
        ))}
      </ul>
      {ticksOf(fromMs, toMs).map((ms) => (
        <span key={ms} class="timeline-tick num" style={{ left: at(ms) }}>
          {minuteZ(ms)}
        </span>
      ))}
      <span class="timeline-head" style={{ left: at(shown) }}>
        <span class="num">{words}</span>
      </span>
      <input
        type="range"
        id="timeline"
        min={Math.round(fromMs / 1000)}
        max={Math.round(now / 1000)}
        step={1}
        value={Math.round(shown / 1000)}
        disabled={!recorded || connection.value.kind === 'connecting'}
        aria-label={t`Instant shown`}
        aria-valuetext={words}
        title={recorded ? t`Choose an instant: the picture of then is shown` : t`Nothing is recorded here.`}
        onInput={(event) => (wanted.value = Number(event.currentTarget.value) * 1000)}
        onChange={(event) => {
          wanted.value = null;
          lookBack(Number(event.currentTarget.value) * 1000);
        }}
      />
    </div>
  );
}

const incidentWords = ({ row }: IncidentSpan): string => {
  const who = `${nameWords(row.name)} ${KIND_WORDS[row.kind]}`;
  return row.closed ? t`${who}, ${minuteZ(row.opened_ms)} to ${minuteZ(row.closed.at_ms)}` : t`${who}, open since ${minuteZ(row.opened_ms)}`;
};

/** What stands out in one column. */
function Marks({ column, left, width, known }: { column: Column; left: string; width: string; known: boolean }) {
  const { tracks, severity, opened, down } = column;
  if (!known || (tracks !== null && severity === null && down.length === 0)) return null;
  return (
    <span class={`timeline-column ${tracks === null ? 'no-run' : ''} ${down.length > 0 ? 'down' : ''}`} style={{ left, width }}>
      {severity && (
        <span class={`severity-${severity}`}>
          <Glyph shape={SEVERITY_GLYPH[severity]} />
          <span class="visually-hidden">{plural(opened, '{n} alert opened', '{n} alerts opened')}</span>
        </span>
      )}
    </span>
  );
}
