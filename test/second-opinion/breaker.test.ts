import { expect, test } from 'vitest';
import type { Answer } from '../../src/second-opinion/adviser.js';
import { restAfterFailures } from '../../src/second-opinion/breaker.js';

const ARTICLE = { title: 'A title', text: 'A text' };
const right: Answer = { outcome: 'answered', verdicts: new Map() };
const wrong: Answer = { outcome: 'failed', reason: 'http-500' };

/** An adviser whose answers and clock the test sets. */
function resting() {
  const state = { answer: wrong as Answer | Promise<Answer>, asked: 0, now: 1_000_000, rests: [] as string[] };
  const adviser = restAfterFailures(
    {
      name: 'test',
      ask: async () => {
        state.asked++;
        return state.answer;
      },
      close: async () => undefined,
    },
    ({ reason, seconds }) => state.rests.push(`${reason} ${seconds}`),
    () => state.now,
  );
  const ask = async (times = 1) => {
    const outcomes: string[] = [];
    for (let time = 0; time < times; time++) outcomes.push((await adviser.ask(ARTICLE, [])).outcome);
    return outcomes;
  };
  return { state, ask };
}

test('after five failures in a row it is left alone for a minute, and says so once', async () => {
  const { state, ask } = resting();
  expect(await ask(5)).toEqual(Array(5).fill('failed'));
  expect(await ask(100)).toEqual(Array(100).fill('left-alone'));
  state.now += 59_999;
  expect(await ask()).toEqual(['left-alone']);
  expect(state.asked).toBe(5);
  expect(state.rests).toEqual(['http-500 60']);
});

test('an answer in between begins the count anew', async () => {
  const { state, ask } = resting();
  await ask(4);
  state.answer = right;
  await ask();
  state.answer = wrong;
  expect(await ask(5)).toEqual(Array(5).fill('failed'));
});

test('after the rest one question goes through, and all do once it is answered', async () => {
  const { state, ask } = resting();
  await ask(5);
  state.now += 60_000;
  const { promise, resolve } = withResolvers<Answer>();
  state.answer = promise;
  const probe = ask();
  expect(await ask(3)).toEqual(['left-alone', 'left-alone', 'left-alone']);
  resolve(right);
  expect(await probe).toEqual(['answered']);
  state.answer = right;
  expect(await ask(3)).toEqual(['answered', 'answered', 'answered']);
  expect(state.asked).toBe(9);
});

test('a question after the rest that fails begins another', async () => {
  const { state, ask } = resting();
  await ask(5);
  state.now += 60_000;
  expect(await ask(3)).toEqual(['failed', 'left-alone', 'left-alone']);
  state.now += 60_000;
  expect(await ask(2)).toEqual(['failed', 'left-alone']);
  expect(state.rests).toHaveLength(3);
});

function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
