/**
 * natural's text classifiers, as a worker thread: they train synchronously and for long, so only ending the thread keeps a time
 * limit. One label an article: the first of its types, or none.
 */
import { parentPort, workerData } from 'node:worker_threads';
import BayesClassifier from 'natural/lib/natural/classifiers/bayes_classifier.js';
import LogisticRegressionClassifier from 'natural/lib/natural/classifiers/logistic_regression_classifier.js';

export interface NaturalTask {
  readonly method: 'bayes' | 'logistic-regression';
  readonly training: readonly { readonly words: readonly string[]; readonly label: string }[];
  readonly held: readonly (readonly string[])[];
}

export interface NaturalAnswer {
  readonly labels: readonly string[];
}

/** As measured best before; natural's own default of 1 calls everything the largest class. */
const BAYES_SMOOTHING = 0.01;

const { method, training, held } = workerData as NaturalTask;
const classifier =
  method === 'bayes' ? new BayesClassifier(undefined, BAYES_SMOOTHING) : new LogisticRegressionClassifier();
for (const { words, label } of training) classifier.addDocument([...words], label);
classifier.train();
parentPort?.postMessage({ labels: held.map((words) => classifier.classify([...words])) } satisfies NaturalAnswer);
