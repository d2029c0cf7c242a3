import { decode, encode } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { PROTOCOL, type Hello, type Picture } from '../generated/wire';
import { picture } from '../picture/picture.fixture';
import { PictureStore } from '../picture/store';
import { Link, type Socket } from './link';

const HELLO: Hello = {
  protocol: PROTOCOL,
  software: '0.1.0',
  node: 'A',
  party: 'XXA',
  source: 'live',
  notice: null,
  started_ms: 1,
  view: null,
};

class FakeSocket implements Socket {
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  sent: unknown[] = [];
  send(data: Uint8Array): void {
    this.sent.push(decode(data));
  }
  close(): void {
    this.onclose?.();
  }
  says(message: object): void {
    const bytes = encode(message);
    this.onmessage?.({ data: bytes.slice().buffer });
  }
}

function world() {
  const sockets: FakeSocket[] = [];
  const timers: { atMs: number; run: () => void }[] = [];
  let nowMs = 0;
  const store = new PictureStore();
  const seen: string[] = [];
  const link = new Link(
    {
      open: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      nowMs: () => nowMs,
      later: (ms, run) => void timers.push({ atMs: nowMs + ms, run }),
    },
    store,
    {
      hello: () => seen.push('hello'),
      picture: () => seen.push('picture'),
      other: (message) => seen.push(message.type),
      changed: () => seen.push(link.facts.phase),
    },
  );
  const pass = (ms: number): void => {
    const until = nowMs + ms;
    for (;;) {
      timers.sort((a, b) => a.atMs - b.atMs);
      if (!timers[0] || timers[0].atMs > until) break;
      const timer = timers.shift()!;
      nowMs = timer.atMs;
      timer.run();
    }
    nowMs = until;
  };
  link.start();
  return { link, store, sockets, seen, pass, socket: () => sockets.at(-1)! };
}

const says = (message: Picture): object => ({ type: 'picture', ...message });

describe('Link', () => {
  it('opens with hello and holds the picture', () => {
    const { link, store, socket } = world();
    socket().says({ type: 'hello', ...HELLO });
    socket().says(says(picture(0, 5000, [{ number: 7 }], { full: true })));
    expect(link.facts).toMatchObject({ phase: 'open', pictureMs: 5000 });
    expect(store.size).toBe(1);
  });

  it('asks once for the whole picture when a message went missing', () => {
    const { socket, store } = world();
    socket().says({ type: 'hello', ...HELLO });
    socket().says(says(picture(0, 1000, [{ number: 7 }], { full: true })));
    socket().says(says(picture(2, 3000, [{ number: 8 }])));
    socket().says(says(picture(3, 4000, [{ number: 9 }])));
    expect(socket().sent).toEqual([{ type: 'resync' }]);
    socket().says(says(picture(4, 5000, [{ number: 9 }], { full: true })));
    expect([...store.rowOf.keys()]).toEqual([9]);
  });

  it('keeps the picture when the connection is lost, reconnects and selects again', () => {
    const { link, store, sockets, socket, pass } = world();
    socket().says({ type: 'hello', ...HELLO });
    socket().says(says(picture(0, 1000, [{ number: 7 }], { full: true })));
    link.select(7);
    socket().close();
    expect(link.facts.phase).toBe('lost');
    expect(store.size).toBe(1);
    pass(300);
    expect(sockets).toHaveLength(2);
    socket().says({ type: 'hello', ...HELLO, started_ms: 2 });
    expect(socket().sent).toEqual([{ type: 'select', number: 7 }]);
    socket().says(says(picture(0, 9000, [{ number: 1 }], { full: true })));
    expect(link.facts.phase).toBe('open');
    expect([...store.rowOf.keys()]).toEqual([1]);
  });

  it('opens another connection when this one dies without a word', () => {
    const { sockets, socket, pass } = world();
    socket().says({ type: 'hello', ...HELLO });
    socket().says(says(picture(0, 1000, [], { full: true })));
    pass(30_000);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it('shows nothing of a node of another protocol', () => {
    const { link, store, socket } = world();
    socket().says({ type: 'hello', ...HELLO, protocol: PROTOCOL + 1 });
    socket().says(says(picture(0, 1000, [{ number: 7 }], { full: true })));
    expect(link.facts.phase).toBe('outdated');
    expect(store.size).toBe(0);
  });

  it('passes over bytes that are no message', () => {
    const { link, socket, seen } = world();
    socket().onmessage?.({ data: new Uint8Array([0xc1, 0xff]).buffer });
    socket().onmessage?.({ data: 'text' });
    socket().says({ type: 'something_newer' });
    expect(link.facts.phase).toBe('connecting');
    expect(seen).toEqual([]);
  });
});
