/** A page for what went wrong. */
import { ARTICLES_PATH } from '../../outputs/list-name.js';
import type { Said, Words } from '../words/en.js';
import { useWords } from './wording.js';

export interface ErrorPageModel {
  readonly status: number;
  readonly title: Said;
  readonly detail: Said;
  readonly faults?: readonly Fault[] | undefined;
}

interface Fault {
  readonly parameter: string;
  readonly message: string;
}

export function ErrorPage({ status, title, detail, faults = [] }: ErrorPageModel) {
  const say = useWords();
  return (
    <div class="empty error">
      <p class="status" aria-hidden="true">
        {status}
      </p>
      <h1>{title(say)}</h1>
      <p>{detail(say)}</p>
      {faults.length > 0 && (
        <ul>
          {faults.map((fault) => (
            <li key={`${fault.parameter} ${fault.message}`}>
              <code>{fault.parameter}</code>
              {say.colon}
              {faultInWords(fault, say)}
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

/** The server's own message is in English; other languages say by parameter what is expected. */
const faultInWords = ({ parameter, message }: Fault, { errors }: Words): string =>
  errors.expected[parameter] ?? errors.unknownParameter ?? message;
