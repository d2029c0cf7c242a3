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
  onclose: Socket['onclose'] = null;
  onerror: (() => void) | null = null;
  sent: unknown[] = [];
  send(data: Uint8Array): void {
    this.sent.push(decode(data));
  }
  close(code?: number, reason?: string): void {
    this.onclose?.({ ...(code === undefined ? {} : { code }), ...(reason === undefined ? {} : { reason }) });
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
  const [store, own] = [new PictureStore(), new PictureStore()];
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
      beside: () => seen.push('beside'),
      other: (message) => seen.push(message.type),
      changed: () => seen.push(link.facts.phase),
      notShown: (reason) => seen.push(`not shown: ${reason}`),
      noMore: () => seen.push('no more'),
    },
    own,
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
  return { link, store, own, sockets, seen, pass, socket: () => sockets.at(-1)! };
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

  it('holds our own picture beside a partner’s view, apart from it, and asks for it again where some is missing', () => {
    const { link, store, own, socket, seen, sockets, pass } = world();
    socket().says({ type: 'hello', ...HELLO });
    socket().says(says(picture(4, 1000, [{ number: 7 }], { full: true })));
    link.seeAs('KAZ', false);
    // Our own that was on its way is not the view that is waited for, and nothing shows it.
    socket().says(says(picture(5, 1500, [{ number: 7 }, { number: 8 }])));
    expect([...own.rowOf.keys()]).toEqual([]);
    link.seeAs('KAZ', true);
    socket().says(says(picture(6, 2000, [{ number: 7 }, { number: 8 }], { full: true })));
    socket().says(says(picture(6, 2000, [{ number: 1 }], { full: true, seen_as: 'KAZ' })));
    socket().says(says(picture(7, 3000, [{ number: 9 }])));
    expect([...store.rowOf.keys()]).toEqual([1]);
    expect([...own.rowOf.keys()]).toEqual([7, 8, 9]);
    expect(seen.filter((one) => one === 'beside')).toHaveLength(2);
    socket().says(says(picture(9, 5000, [{ number: 10 }])));
    expect(socket().sent).toEqual([
      { type: 'see_as', party: 'KAZ', beside: false },
      { type: 'see_as', party: 'KAZ', beside: true },
      { type: 'resync' },
    ]);
    expect([...own.rowOf.keys()]).toEqual([7, 8, 9]);
    // A new connection begins both anew.
    socket().close();
    pass(300);
    expect(sockets).toHaveLength(2);
    socket().says({ type: 'hello', ...HELLO });
    expect(socket().sent).toEqual([{ type: 'see_as', party: 'KAZ', beside: true }]);
    expect(own.size).toBe(0);
    link.seeAs(null, false);
    socket().says(says(picture(12, 6000, [{ number: 7 }], { full: true })));
    expect([...store.rowOf.keys()]).toEqual([7]);
    expect(own.size).toBe(0);
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

  it('asks no more of a past that is not shown or has ended, and goes on where it is told to', () => {
    const { link, seen, pass, socket, sockets } = world();
    socket().says({ type: 'hello', ...HELLO, source: 'replay' });
    seen.length = 0;
    socket().close(4410, 'there is no more of it');
    pass(60_000);
    expect(seen).toEqual(['no more']);
    expect(sockets).toHaveLength(1);
    link.restart(true);
    expect(sockets).toHaveLength(2);
    socket().close(4404, 'nothing was recorded then');
    pass(60_000);
    expect(seen.at(-1)).toBe('not shown: nothing was recorded then');
    expect(sockets).toHaveLength(2);
  });

  it('takes nothing of the connection before for what another one shows', () => {
    const { link, store, pass, socket, sockets } = world();
    const before = socket();
    before.says({ type: 'hello', ...HELLO });
    before.says({ type: 'picture', ...picture(1, 1_000, [{ number: 1 }], { full: true }) });
    expect(store.size).toBeGreaterThan(0);
    link.restart(false);
    expect(store.size).toBe(0);
    before.says({ type: 'picture', ...picture(2, 2_000, [{ number: 1 }], { full: true }) });
    before.close();
    pass(10_000);
    expect(store.size).toBe(0);
    expect(sockets).toHaveLength(2);
    expect(link.facts.pictureMs).toBeNull();
  });

  it('leaves an instant that stands alone, though no picture comes', () => {
    const { link, pass, socket, sockets } = world();
    link.restart(true);
    socket().says({ type: 'hello', ...HELLO, source: 'replay' });
    socket().says({ type: 'picture', ...picture(1, 1_000, [{ number: 1 }], { full: true }) });
    pass(120_000);
    expect(sockets).toHaveLength(2);
  });
});
