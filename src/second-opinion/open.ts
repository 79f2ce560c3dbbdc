/** Chooses who gives second opinions, by the settings. */
import type { Settings } from '../config.js';
import { packageVersion } from '../paths.js';
import type { Adviser } from './adviser.js';
import { createEndpointAdviser } from './endpoint.js';
import { openLocalAdviser } from './local-model.js';

/**
 * Opens the adviser that the settings name; undefined where they name none.
 *
 * @throws SecondOpinionError when it can't be had for want of something on this machine
 */
export async function openAdviser({ secondOpinion, classify }: Settings): Promise<Adviser | undefined> {
  const { folder, url, model, key, timeoutSeconds } = secondOpinion;
  if (folder !== 'none') return openLocalAdviser({ folder, timeoutSeconds });
  if (url === 'none') return undefined;
  const userAgent = `Belfry/${packageVersion}`;
  return createEndpointAdviser({ url, model, key, timeoutSeconds, concurrency: classify.concurrency, userAgent });
}
