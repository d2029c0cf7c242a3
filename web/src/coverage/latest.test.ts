import { expect, test } from 'vitest';
import { Latest } from './latest';

function rig(withdraws: boolean) {
  const sent: { question: number; answer: (value: string) => void; signal: AbortSignal }[] = [];
  const told: string[] = [];
  const problems: string[] = [];
  const latest = new Latest<number, string>(
    (question, signal) =>
      new Promise((answer, refuse) => {
        sent.push({ question, answer, signal });
        signal.addEventListener('abort', () => refuse(new Error('withdrawn')));
      }),
    (answer) => told.push(answer),
    (problem) => problems.push(problem),
    withdraws,
  );
  return { sent, told, problems, latest };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test('of questions asked while one is under way only the newest is sent', async () => {
  const { sent, told, latest } = rig(false);
  for (const question of [1, 2, 3, 4]) latest.ask(question);
  expect(sent.map((one) => one.question)).toEqual([1]);
  sent[0]!.answer('one');
  await settled();
  expect(sent.map((one) => one.question)).toEqual([1, 4]);
  sent[1]!.answer('four');
  await settled();
  expect(told).toEqual(['one', 'four']);
  expect(latest.busy).toBe(false);
});

test('a question that is stale at once is withdrawn and its answer not told', async () => {
  const { sent, told, problems, latest } = rig(true);
  latest.ask(1);
  latest.ask(2);
  await settled();
  expect(sent[0]!.signal.aborted).toBe(true);
  sent[1]!.answer('two');
  await settled();
  expect([told, problems]).toEqual([['two'], []]);
});

test('a problem is told once, and the next question is asked all the same', async () => {
  const problems: string[] = [];
  let broken = true;
  const told: string[] = [];
  const latest = new Latest<number, string>(
    async () => {
      if (broken) throw new Error('the antenna is under the ground');
      return 'seen';
    },
    (answer) => told.push(answer),
    (problem) => problems.push(problem),
  );
  latest.ask(1);
  await settled();
  broken = false;
  latest.ask(2);
  await settled();
  expect([problems, told]).toEqual([['the antenna is under the ground'], ['seen']]);
});
