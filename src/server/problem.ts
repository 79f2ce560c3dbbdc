/** The API's errors: problem documents after RFC 9457. */
import { STATUS_CODES } from 'node:http';

export const PROBLEM_TYPE = 'application/problem+json';

export interface Problem {
  /** `about:blank` (RFC 9457 section 4.2.1): the status says what kind of problem it is. */
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** What is wrong with which parameter, where that is the problem. */
  readonly faults?: readonly { readonly parameter: string; readonly message: string }[];
}

export const problem = (status: number, detail: string, faults?: Problem['faults']): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  ...(faults && { faults }),
});
