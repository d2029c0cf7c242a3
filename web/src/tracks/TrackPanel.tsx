// Everything of the selected track; without one, what the symbols mean.

import type { ComponentChildren } from 'preact';
import { isNodeSilent } from '../connection/state';
import { TRACK_COASTING, TRACK_ON_GROUND, TRACK_SPEED_UNKNOWN, type Selected, type ToldField } from '../generated/wire';
import { IdentitySection } from '../identity/IdentitySection';
import { TrackPairs } from '../partners/Pairs';
import { OwnBeside } from '../partners/Beside';
import { Sharing, Words } from '../partners/Sharing';
import * as format from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { speedIn, units } from '../shell/units';
import { connection, follow, ownSelected, pictureVersion, select, selected, selectedDetail, selectedWas, store } from '../shell/state';
import { IDENTITY_WORDS } from './identity';
import { codeTag, ident, ownerWords, trackNumber } from './ident';
import { Legend } from './Legend';
import { PlanSection } from './PlanSection';
import { sourceShort } from './sources';
import { Symbol } from './Symbol';
import { isStale, originOf } from './told';
import { CATEGORIES } from '../language/nodeSays';
import { t, told as toldWords } from '../language/language';

export function TrackPanel() {
  void pictureVersion.value;
  const number = selected.value;
  return (
    <aside class="panel" id="track" aria-label={t`Selected track`} tabIndex={0}>
      {ownSelected.value !== null ? <OwnBeside /> : number === null ? <Legend /> : store.rowOf.has(number) ? <Track number={number} /> : <Ended number={number} />}
    </aside>
  );
}

function Ended({ number }: { number: number }) {
  const lost = store.lost.find((track) => track.number === number);
  const was = lost?.description ?? (selectedWas.value?.number === number ? selectedWas.value : null);
  const next = lost?.successor ?? sameAddress(was?.address ?? null);
  return (
    <>
      <PanelHead number={number} />
      <div class="track-title">
        <span class="track-ident">{ident(was, number)}</span>
      </div>
      <p class="notice-line">
        <Glyph shape="close" />
        {lost ? `${endWords(lost.reason)} ${format.timeZ(lost.endedMs)}, ${t`last heard ${format.timeZ(lost.lastMs)}`}` : t`Track ended`}
      </p>
      {next !== null && (
        <button type="button" class="button" onClick={() => select(next)}>
          {t`Go to ${trackNumber(next)}`}
        </button>
      )}
    </>
  );
}

// How a track ended, before the time it did.
function endWords(reason: string): string {
  if (reason === 'lost') return t`Track lost at`;
  return reason === 'merged' ? t`Track merged at` : t`Track ended at`;
}

// A target heard again is a new track: its address leads there.
function sameAddress(address: string | null): number | null {
  if (address === null) return null;
  for (const [number, row] of store.rowOf) if (store.descriptions[row]?.address === address) return number;
  return null;
}

function PanelHead({ number }: { number: number }) {
  return (
    <header class="panel-head">
      <h2>{t`Track`}</h2>
      <span class="panel-note num">{trackNumber(number)}</span>
      <button type="button" class="icon-button" aria-label={t`Clear selection (Esc)`} onClick={() => select(null)}>
        <Glyph shape="close" />
      </button>
    </header>
  );
}

function Track({ number }: { number: number }) {
  const row = store.rowOf.get(number)!;
  const detail = selectedDetail.value;
  const description = store.descriptions[row] ?? null;
  const owner = ownerWords(description, store.party);
  const flags = store.flags[row]!;
  const coasting = (flags & TRACK_COASTING) !== 0;
  const ground = (flags & TRACK_ON_GROUND) !== 0;
  const identity = description?.identity ?? 'pending';
  const tag = codeTag(description?.squawk);
  const ageS = (store.timeMs - store.updatedMs[row]!) / 1000;
  // Once the node is silent an age would stand still; a time stays true.
  const heard = isNodeSilent(connection.value) ? t`at ${format.timeZ(store.updatedMs[row]!)}` : t`${format.age(ageS)} ago`;
  return (
    <>
      <PanelHead number={number} />
      <div class="track-title">
        <Symbol
          identity={identity}
          state={coasting ? 'coasting' : ground ? 'ground' : 'normal'}
          craft={CATEGORIES[description?.category ?? ''] ?? null}
        />
        <span class="track-ident">{ident(description, number)}</span>
        <span class="track-identity">
          {IDENTITY_WORDS[identity]}
          {description?.proposed && ` · ${IDENTITY_WORDS[description.proposed]}?`}
        </span>
      </div>
      {tag && (
        <p class="notice-line warning">
          <Glyph shape="triangle" />
          {tag.words} ({description?.squawk})
        </p>
      )}
      {coasting && (
        <p class="notice-line caution">
          <Glyph shape="diamond" />
          {t`Coasting: predicted, last heard ${heard}`}
        </p>
      )}
      <dl class="facts track-facts">
        <Fact name={t`Callsign`} of={description?.callsign && 'callsign'}>
          {description?.callsign ?? '–'}
        </Fact>
        <Fact name={t`Address`} of={description?.address && 'address'}>
          {description?.address?.toUpperCase() ?? '–'}
        </Fact>
        <Fact name={t`Squawk`} of={description?.squawk && 'squawk'}>
          {description?.squawk ?? '–'}
        </Fact>
        {description?.category && (
          <Fact name={t`Category`} of="category">
            {toldWords(description.category)}
          </Fact>
        )}
        <Fact name={t`Position`} of="position" gap>
          {format.latitude(store.latDeg[row]!)} {format.longitude(store.lonDeg[row]!)}
        </Fact>
        <Fact name={t`95 % ellipse`}>
          {format.length(store.ellipseMajorM[row]!)} × {format.length(store.ellipseMinorM[row]!)}
        </Fact>
        <Level row={row} ground={ground} detail={detail} />
        <Fact name={t`Speed`} of={(flags & TRACK_SPEED_UNKNOWN) === 0 && 'velocity'}>
          {(flags & TRACK_SPEED_UNKNOWN) !== 0 ? '–' : format.speed(store.speedKt[row]!)}
          {detail && <small> ±{format.uncertainty(speedIn(detail.speed_sd_kt, units.value))}</small>}
        </Fact>
        <Fact name={t`Track¦direction`}>{format.bearing(store.trackDeg[row]!)}</Fact>
        <Fact name={t`Climb`} of={!Number.isNaN(store.climbFpm[row]!) && !ground && 'climb'}>
          {Number.isNaN(store.climbFpm[row]!) || ground ? '–' : format.climb(store.climbFpm[row]!)}
        </Fact>
        <dt class="gap">{t`Last update`}</dt>
        <dd class={`gap num ${isStale('position', ageS) ? 'stale' : ''}`}>{heard}</dd>
        {detail && <Fact name={t`First seen`}>{format.timeZ(detail.first_ms)}</Fact>}
        {detail && <Quality detail={detail} />}
        {owner && <Fact name={t`Owner`}>{owner}</Fact>}
      </dl>
      {detail?.remote_id && <RemoteId told={detail.remote_id} />}
      <PlanSection />
      <IdentitySection number={number} description={description} />
      <Words description={description} />
      <TrackPairs number={number} />
      {!description?.told && (
        <>
          <h3>{t`Sources`}</h3>
          <Sources detail={detail} />
        </>
      )}
      <Sharing number={number} />
      <div class="actions">
        <button
          type="button"
          class="button"
          aria-pressed={follow.value}
          onClick={() => (follow.value = !follow.value)}
        >
          {t`Follow`} <kbd>F</kbd>
        </button>
      </div>
    </>
  );
}

/** One fact of the track; `of`: the value that it is, to say who told it. */
function Fact({ name, of, gap, children }: { name: string; of?: ToldField | false | null | '' | undefined; gap?: boolean; children: ComponentChildren }) {
  const detail = selectedDetail.value;
  const origin = of && detail ? originOf(of, detail, isNodeSilent(connection.value)) : null;
  return (
    <>
      <dt class={gap ? 'gap' : ''}>{name}</dt>
      <dd class={`num ${gap ? 'gap' : ''} ${origin?.stale ? 'stale' : ''} ${origin ? 'told' : ''}`}>
        <span>{children}</span>
        {origin?.tellers.map(({ who, when, how }) => (
          <small key={who} class="teller" title={[who, how, when].filter(Boolean).join(' ')}>
            <span class="who">{who}</span>
            {how && <span class="visually-hidden">{how}</span>} <span class="when">{when}</span>
          </small>
        ))}
      </dd>
    </>
  );
}

function Level({ row, ground, detail }: { row: number; ground: boolean; detail: Selected | null }) {
  const feet = store.levelFt[row]!;
  const known = !ground && !Number.isNaN(feet);
  return (
    <>
      <Fact name={t`Level¦height`} of={known && 'level'}>
        {ground ? 'GND' : !known ? '–' : units.value.height === 'FL' ? `${format.level(feet)}  ${format.height(feet)}` : format.level(feet)}
      </Fact>
      {detail?.height_ft != null && <Fact name={t`Height WGS-84`}>{format.height(detail.height_ft)}</Fact>}
    </>
  );
}

// What an unmanned aircraft broadcasts: its own word, never proved.
function RemoteId({ told }: { told: NonNullable<Selected['remote_id']> }) {
  return (
    <>
      <h3>{t`Remote ID, as it tells`}</h3>
      {told.doubts.map((doubt) => (
        <p key={doubt} class={`notice-line ${told.impossible ? 'warning' : 'caution'}`}>
          <Glyph shape={told.impossible ? 'triangle' : 'diamond'} />
          {doubt}
        </p>
      ))}
      <dl class="facts">
        <Fact name={toldWords(told.id_kind)}>{told.id}</Fact>
        {told.also && <Fact name={t`Also`}>{told.also}</Fact>}
        {told.status && <Fact name={t`Status`}>{toldWords(told.status)}</Fact>}
        {told.height_ft !== null && (
          <Fact name={t`Above ${toldWords(told.height_above)}`}>{format.height(told.height_ft)}</Fact>
        )}
        {told.operator_lat_deg !== null && told.operator_lon_deg !== null && (
          <Fact name={toldWords(told.operator_place)}>
            {format.latitude(told.operator_lat_deg)} {format.longitude(told.operator_lon_deg)}
          </Fact>
        )}
        {told.operator_id && <Fact name={t`Operator ID`}>{told.operator_id}</Fact>}
        {told.text && <Fact name={t`Says`}>{told.text}</Fact>}
        <Fact name={t`By¦transmitter`}>
          {told.transport} {told.transmitters.join(' ')}
          {told.signal_dbm !== null && ` ${told.signal_dbm} dBm`}
        </Fact>
        {told.authentication && <Fact name={t`Authentication`}>{t`sent, not verified`}</Fact>}
        <Fact name={t`Heard`}>{t`${format.age(told.age_s)} ago`}</Fact>
      </dl>
    </>
  );
}

function Quality({ detail }: { detail: Selected }) {
  const parts = [
    detail.nic !== null && `NIC ${detail.nic}`,
    detail.nac_p !== null && `NACp ${detail.nac_p}`,
    detail.sil !== null && `SIL ${detail.sil}`,
  ].filter(Boolean);
  if (parts.length === 0) return null;
  return (
    <Fact name={detail.adsb_version === null ? t`Claims` : t`Claims (v${detail.adsb_version})`}>{parts.join('  ')}</Fact>
  );
}

function Sources({ detail }: { detail: Selected | null }) {
  if (!detail) return <p class="empty">{t`Waiting for the node…`}</p>;
  if (detail.sources.length === 0) return <p class="empty">{t`No sensor contributes now.`}</p>;
  return (
    <table class="sources">
      <thead>
        <tr>
          <th scope="col">{t`Sensor`}</th>
          <th scope="col">{t`Kind`}</th>
          <th scope="col" class="right">
            {t`Age`}
          </th>
          <th scope="col" class="right">
            {t`Plots`}
          </th>
        </tr>
      </thead>
      <tbody>
        {detail.sources.map((source) => (
          <tr key={`${source.sensor} ${source.kind}`} class={isStale('position', source.age_s) ? 'stale' : ''}>
            <td class="wrap">{source.name || source.sensor}</td>
            <td>{sourceShort(source.kind)}</td>
            <td class="num right">{format.age(source.age_s)}</td>
            <td class="num right">{format.count(source.plots)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
