/** Bull Board under `/queues`: every job of every queue, with retry, promote and remove. */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance } from 'fastify';
import { allQueues, type Queues } from '../pipeline/queues.js';
import { logo } from './assets.js';
import { QUEUES_PATH } from './security.js';

/** Its page asks another host for a font; ours gives no visitor's address away. */
const FOREIGN_STYLESHEET = /<link href="https?:\/\/[^"]*" rel="stylesheet"[^>]*>/g;

export async function serveBullBoard(app: FastifyInstance, queues: Queues): Promise<void> {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(QUEUES_PATH);
  createBullBoard({
    queues: allQueues(queues).map(({ queue }) => new BullMQAdapter(queue)),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Belfry queues',
        boardLogo: { path: logo.address, width: 28, height: 28 },
        favIcon: { default: logo.address, alternative: logo.address },
        miscLinks: [{ text: 'Belfry', url: '/' }],
        hideDocsLink: true,
      },
    },
  });
  await app.register(
    async (scope) => {
      scope.addHook('onSend', async (_request, reply, payload) => {
        const isPage = String(reply.getHeader('content-type')).startsWith('text/html');
        return isPage && typeof payload === 'string' ? payload.replace(FOREIGN_STYLESHEET, '') : payload;
      });
      await scope.register(serverAdapter.registerPlugin());
    },
    { prefix: QUEUES_PATH },
  );
}
