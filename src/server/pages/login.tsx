/** The way in. */
import { LOGIN_PATH } from '../access.js';

export interface LoginPageModel {
  /** Path to go to afterwards. */
  readonly next: string;
  /** After a token that is none. */
  readonly refused?: true;
}

export function LoginPage({ next, refused }: LoginPageModel) {
  return (
    <div class="empty error login">
      <h1>Log in</h1>
      {refused && (
        <p id="refused" role="alert" class="outcome bad">
          This is no token, or it ran out or was revoked.
        </p>
      )}
      <form action={LOGIN_PATH} method="post">
        <input type="hidden" name="next" value={next} />
        <p class="field">
          <label for="token">Token</label>
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
          <button type="submit">Log in</button>
        </p>
      </form>
      <p class="note">
        Whoever runs this Belfry makes a token with <code>belfry token create NAME --scopes read,judge</code>.
      </p>
    </div>
  );
}
