/** What the operations page does about dead letters: the same as `belfry dead`. */
import type { FastifyInstance } from 'fastify';
import { type DeadLetterPlace, listDeadLetters, type Settlement, settleDeadLetters } from '../pipeline/dead-letters.js';
import type { Runtime } from '../pipeline/runtime.js';
import { stages } from '../pipeline/stages.js';
import { formOf } from './access.js';
import { changeInTime, type DeadLetter } from './queue-state.js';
import { type Refuse, refuseWithoutQueues } from './refuse.js';
import type { Words } from './words/en.js';

export const SETTLE_PATH = '/operations/dead-letters';

/** Names of the form's fields. */
export const deadFields = { letter: 'letter', settlement: 'settlement' } as const;

/** A letter's place as the form sends it; `all` stands for all of them. */
export const letterPlace = ({ stage, jobId }: Pick<DeadLetter, 'stage' | 'jobId'>): string => `${stage} ${jobId}`;

/** What was done, from the word in the address: `retry-3`; undefined for what is no such word. */
export function doneWords(done: string | undefined, { operations }: Words): string | undefined {
  const [, settlement, count] = /^(retry|drop)-(\d{1,9})$/.exec(done ?? '') ?? [];
  if (settlement === undefined) return undefined;
  const jobs = Number(count);
  if (jobs === 0) return operations.nothingLeft;
  return settlement === 'retry' ? operations.putBack(jobs) : operations.dropped(jobs);
}

export function serveDeadLetters(app: FastifyInstance, runtime: Runtime, refuse: Refuse): void {
  app.post(SETTLE_PATH, { config: { access: 'operate' } }, async (request, reply) => {
    const form = formOf(request);
    const settlement = readSettlement(form.get(deadFields.settlement));
    const place = form.get(deadFields.letter) ?? '';
    const one = place === 'all' ? 'all' : readPlace(place);
    if (settlement === undefined || one === undefined) {
      return refuse(
        request,
        reply,
        400,
        (say) => say.feeds.nothingDone,
        (say) => say.operations.noLetter,
      );
    }
    const answer = await changeInTime(runtime.queues, async () =>
      settleDeadLetters(runtime, settlement, one === 'all' ? await listDeadLetters(runtime) : [one]),
    );
    if (!answer.known) return refuseWithoutQueues(refuse, request, reply, answer.reason);
    return reply.redirect(`/operations?done=${settlement}-${answer.done}#dead`, 303);
  });
}

const readSettlement = (word: string | null): Settlement | undefined =>
  word === 'retry' || word === 'drop' ? word : undefined;

function readPlace(place: string): DeadLetterPlace | undefined {
  const [, stageName, id] = /^(\w+) (.+)$/s.exec(place) ?? [];
  const stage = stages.find((each) => each === stageName);
  return stage === undefined || id === undefined ? undefined : { stage, id };
}
