/** The stages' workers by name. */

import { startClassify } from '../../workers/classify.js';
import { startExtract } from '../../workers/extract.js';
import { startFetch } from '../../workers/fetch.js';
import { startStore } from '../../workers/store.js';
import type { StartStage } from '../pipeline/stage-worker.js';
import type { Stage } from '../pipeline/stages.js';

const starts: Readonly<Record<Stage, StartStage>> = {
  fetch: startFetch,
  extract: startExtract,
  classify: startClassify,
  store: startStore,
};

export const startStages = (names: readonly Stage[]): StartStage[] => names.map((name) => starts[name]);
