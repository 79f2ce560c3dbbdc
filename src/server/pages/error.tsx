/** A page for what went wrong. */
import { ARTICLES_PATH } from '../../outputs/list-name.js';

export interface ErrorPageModel {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly faults?: readonly { readonly parameter: string; readonly message: string }[] | undefined;
}

export function ErrorPage({ status, title, detail, faults }: ErrorPageModel) {
  return (
    <div class="empty error">
      <p class="status" aria-hidden="true">
        {status}
      </p>
      <h1>{title}</h1>
      <p>{detail}</p>
      {faults && faults.length > 0 && (
        <ul>
          {faults.map(({ parameter, message }) => (
            <li key={`${parameter} ${message}`}>
              <code>{parameter}</code>: {message}
            </li>
          ))}
        </ul>
      )}
      <p>
        <a href={ARTICLES_PATH}>All articles</a>
      </p>
    </div>
  );
}
