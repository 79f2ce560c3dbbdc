/** The way in. */
import { LOGIN_PATH } from '../access.js';
import { useWords } from './wording.js';
export interface LoginPageModel {
  /** Path to go to afterwards. */
  readonly next: string;
  /** After a token that is none. */
  readonly refused?: true;
}

export function LoginPage({ next, refused }: LoginPageModel) {
  const say = useWords();
  return (
    <div class="empty error login">
      <h1>{say.login.title}</h1>
      {refused && (
        <p id="refused" role="alert" class="outcome bad">
          {say.login.refused}
        </p>
      )}
      <form action={LOGIN_PATH} method="post">
        <input type="hidden" name="next" value={next} />
        <p class="field">
          <label for="token">{say.login.token}</label>
          <input
            id="token"
            name="token"
            type="password"
            autocomplete="current-password"
            required
            autofocus
            aria-describedby={refused && 'refused'}
          />
        </p>
        <p class="buttons">
          <button type="submit">{say.login.title}</button>
        </p>
      </form>
      <p class="note">
        {say.login.whoMakes} <code>belfry token create NAME --scopes read,judge</code>.
      </p>
    </div>
  );
}
