/** A page for what went wrong. */
import { ARTICLES_PATH } from '../../outputs/list-name.js';
import type { Said } from '../words/en.js';
import { Reason } from './reason.js';
import { useWords } from './wording.js';

export interface ErrorPageModel {
  readonly status: number;
  readonly title: Said;
  readonly detail: Said;
  /** In English, from below the pages. */
  readonly reason?: string | undefined;
  readonly faults?: readonly Fault[] | undefined;
}

interface Fault {
  readonly parameter: string;
  /** In English. */
  readonly message: string;
}

export function ErrorPage({ status, title, detail, reason, faults = [] }: ErrorPageModel) {
  const say = useWords();
  return (
    <div class="empty error">
      <p class="status" aria-hidden="true">
        {status}
      </p>
      <h1>{title(say)}</h1>
      <p>{detail(say)}</p>
      {reason && (
        <p class="detail">
          <Reason text={reason} />
        </p>
      )}
      {faults.length > 0 && (
        <ul>
          {faults.map((fault) => (
            <li key={`${fault.parameter} ${fault.message}`}>
              <code>{fault.parameter}</code>
              {say.colon}
              <Reason text={fault.message} />
            </li>
          ))}
        </ul>
      )}
      <p>
        <a href={ARTICLES_PATH}>{say.errors.allArticles}</a>
      </p>
    </div>
  );
}
