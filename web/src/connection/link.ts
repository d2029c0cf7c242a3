// The live connection: opens, hands on messages, opens again when lost, and asks for the whole
// picture when a message went missing. Sockets and timers come in as arguments, so that tests
// need neither.

import { PROTOCOL, type ClientMessage, type Hello, type IncidentName, type Picture, type ServerMessage } from '../generated/wire';
import { PictureStore, applyPicture } from '../picture/store';
import { decodeMessage, encodeMessage } from './codec';
import { SILENT_LINK_MS, retryDelayMs, type LinkFacts } from './state';

/** The part of a browser's WebSocket that the link uses. */
export interface Socket {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code?: number; reason?: string }) => void) | null;
  onerror: (() => void) | null;
  send(data: Uint8Array): void;
  close(): void;
}

export interface LinkWorld {
  open(): Socket;
  nowMs(): number;
  later(ms: number, run: () => void): void;
}

export interface LinkListener {
  hello(hello: Hello): void;
  picture(picture: Picture): void;
  /** Our own picture changed, which is shown beside a partner's view. */
  beside(): void;
  other(message: Exclude<ServerMessage, { type: 'hello' | 'picture' }>): void;
  /** Facts changed. */
  changed(): void;
  /** What was asked of the past is not shown, for this reason; nothing more is asked. */
  notShown(reason: string): void;
  /** The past has no more to show; nothing more is asked. */
  noMore(): void;
}

/** How a node closes what shows the past (`http/live.rs`). */
export const CLOSED_NOT_SHOWN = 4404;
export const CLOSED_NO_MORE = 4410;

export class Link {
  readonly facts: LinkFacts = {
    phase: 'connecting',
    pictureLocalMs: null,
    pictureMs: null,
    dataAgeS: null,
    source: 'live',
    attempts: 0,
    paused: false,
  };
  private socket: Socket | null = null;
  private resyncAsked = false;
  private startedMs: number | null = null;
  private selected: number | null = null;
  private seenAs: string | null = null;
  private isBeside = false;
  private besideAsked = false;
  private alertsFrom = 0;
  private incident: IncidentName | null = null;
  private sensor: string | null = null;

  constructor(
    private readonly world: LinkWorld,
    private readonly store: PictureStore,
    private readonly listener: LinkListener,
    /** Our own picture, while a partner's is in `store`. */
    private readonly own = new PictureStore(),
  ) {}

  start(): void {
    const socket = this.world.open();
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    const openedMs = this.world.nowMs();
    socket.onmessage = ({ data }) => {
      if (this.socket === socket && data instanceof ArrayBuffer) this.receive(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (this.socket === socket && (code === CLOSED_NOT_SHOWN || code === CLOSED_NO_MORE)) {
        this.socket = null;
        if (code === CLOSED_NO_MORE) this.listener.noMore();
        else this.listener.notShown(reason ?? '');
      } else this.lost(socket);
    };
    socket.onerror = () => socket.close();
    this.watch(socket, openedMs);
  }

  /** Opens another connection, to the present or to another instant: what stood is not of it. */
  restart(paused: boolean): void {
    const before = this.socket;
    this.socket = null;
    before?.close();
    this.facts.phase = 'connecting';
    this.facts.pictureLocalMs = this.facts.pictureMs = this.facts.dataAgeS = null;
    this.facts.attempts = 0;
    this.facts.paused = paused;
    this.store.clear();
    this.store.timeMs = 0;
    this.start();
    this.listener.changed();
  }

  /** Asks for the details of a track from now on; `null`: of none. */
  select(number: number | null): void {
    this.selected = number;
    if (this.facts.phase === 'open') this.send({ type: 'select', number });
  }

  /** Asks for a partner's view from now on, with our own picture beside it or not; `null`: for our own picture. */
  seeAs(party: string | null, beside: boolean): void {
    if (this.seenAs === party && this.isBeside === beside) return;
    this.seenAs = party;
    if (beside !== this.isBeside) this.forgetOwn();
    this.isBeside = beside;
    if (this.facts.phase === 'open') this.send({ type: 'see_as', party, beside });
  }

  private forgetOwn(): void {
    this.own.clear();
    this.own.seq = null;
    this.besideAsked = false;
  }

  /** Asks for the alerts from this row on, from now on. */
  listAlerts(from: number): void {
    if (this.alertsFrom === from) return;
    this.alertsFrom = from;
    if (this.facts.phase === 'open') this.send({ type: 'list_alerts', from });
  }

  /** Asks for everything of an incident from now on; `null`: of none. */
  lookAtIncident(incident: IncidentName | null): void {
    if (this.incident === incident) return;
    this.incident = incident;
    if (this.facts.phase === 'open') this.send({ type: 'look_at_incident', incident });
  }

  /** Asks where a sensor has seen from now on; `null`: of none. */
  lookAtSensor(sensor: string | null): void {
    if (this.sensor === sensor) return;
    this.sensor = sensor;
    if (this.facts.phase === 'open') this.send({ type: 'look_at_sensor', sensor });
  }

  /** Asks why a partner is given a track, or is not. */
  explain(number: number, party: string): void {
    if (this.facts.phase === 'open') this.send({ type: 'explain', number, party });
  }

  /** Sends what a person decided; `false` while nobody would hear it. */
  say(message: ClientMessage): boolean {
    if (this.facts.phase !== 'open') return false;
    this.send(message);
    return true;
  }

  private send(message: ClientMessage): void {
    this.socket?.send(encodeMessage(message));
  }

  // A connection can die without a word (a pulled cable): after long silence, open another.
  private watch(socket: Socket, sinceMs: number): void {
    this.world.later(SILENT_LINK_MS, () => {
      if (this.socket !== socket) return;
      if (this.facts.paused && this.facts.phase === 'open') return this.watch(socket, this.world.nowMs());
      const lastMs = Math.max(sinceMs, this.facts.pictureLocalMs ?? 0);
      if (this.world.nowMs() - lastMs > 3 * SILENT_LINK_MS) {
        socket.close();
        this.lost(socket);
      } else {
        this.watch(socket, sinceMs);
      }
    });
  }

  private lost(socket: Socket): void {
    if (this.socket !== socket) return;
    this.socket = null;
    if (this.facts.phase !== 'outdated') this.facts.phase = 'lost';
    this.world.later(retryDelayMs(this.facts.attempts), () => {
      if (this.socket === null) this.start();
    });
    this.facts.attempts += 1;
    this.listener.changed();
  }

  private receive(data: ArrayBuffer): void {
    const message = decodeMessage(data);
    if (message === null) return;
    if (message.type === 'hello') this.greet(message);
    else if (this.facts.phase !== 'open') return;
    else if (message.type === 'picture') this.apply(message);
    else this.listener.other(message);
  }

  private greet(hello: Hello): void {
    this.facts.attempts = 0;
    this.resyncAsked = false;
    if (hello.protocol !== PROTOCOL) {
      this.facts.phase = 'outdated';
      this.listener.changed();
      return;
    }
    this.facts.phase = 'open';
    this.facts.source = hello.source;
    // Numbering starts anew on each connection, so only a full picture may follow.
    this.store.seq = null;
    this.forgetOwn();
    if (this.startedMs !== null && this.startedMs !== hello.started_ms) this.store.otherNode = true;
    this.startedMs = hello.started_ms;
    this.listener.hello(hello);
    if (this.seenAs !== null) this.send({ type: 'see_as', party: this.seenAs, beside: this.isBeside });
    if (this.selected !== null) this.send({ type: 'select', number: this.selected });
    if (this.incident !== null) this.send({ type: 'look_at_incident', incident: this.incident });
    if (this.sensor !== null) this.send({ type: 'look_at_sensor', sensor: this.sensor });
    if (this.alertsFrom !== 0) this.send({ type: 'list_alerts', from: this.alertsFrom });
    this.listener.changed();
  }

  private apply(picture: Picture): void {
    // Still on its way when another view was asked for: its numbers mean other aircraft.
    if ((picture.seen_as ?? null) !== this.seenAs) {
      if (this.isBeside && picture.seen_as === undefined) this.applyBeside(picture);
      return;
    }
    if (applyPicture(this.store, picture) === 'gap') {
      if (!this.resyncAsked) this.send({ type: 'resync' });
      this.resyncAsked = true;
      return;
    }
    this.resyncAsked = false;
    this.facts.pictureLocalMs = this.world.nowMs();
    this.facts.pictureMs = picture.time_ms;
    this.facts.dataAgeS = picture.data_age_s;
    this.listener.picture(picture);
  }

  private applyBeside(picture: Picture): void {
    if (applyPicture(this.own, picture) === 'gap') {
      if (!this.besideAsked) this.send({ type: 'resync' });
      this.besideAsked = true;
      return;
    }
    this.besideAsked = false;
    this.listener.beside();
  }
}
