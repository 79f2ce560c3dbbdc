// Says how many articles have come to the list since it was loaded; a button loads it anew. What one reads never moves.
{
  const place = document.querySelector('#news');
  const address = new URL(place?.dataset.events ?? '', location.href);
  const fresh = new Set();
  let unknown = false;
  let events;

  function show() {
    const count = fresh.size;
    const words = unknown ? inWords('mayHaveCome') : inWords('come', count);
    if (!place.firstElementChild) {
      const button = document.createElement('button');
      button.type = 'button';
      button.addEventListener('click', loadAnew);
      place.append(button);
    }
    if (place.firstElementChild.textContent !== words) place.firstElementChild.textContent = words;
  }

  function loadAnew() {
    const list = new URL(location.href);
    for (const name of ['after', 'limit', 'act', 'asked']) list.searchParams.delete(name);
    list.hash = '';
    scrollTo({ top: 0, behavior: 'instant' });
    if (list.href === location.href) location.reload();
    else location.assign(list);
  }

  /** Only a list that is looked at listens: a browser has few connections to a server. */
  function follow() {
    if (document.hidden) return leave();
    if (events && events.readyState !== EventSource.CLOSED) return;
    events = new EventSource(address);
    events.addEventListener('article', ({ data, lastEventId }) => {
      address.searchParams.set('lastEventId', lastEventId);
      const { kind, article } = JSON.parse(data);
      if (kind !== 'added' || document.getElementById(`article-${article.id}`)) return;
      fresh.add(article.id);
      show();
    });
    events.addEventListener('reset', ({ lastEventId }) => {
      address.searchParams.set('lastEventId', lastEventId);
      unknown = true;
      show();
    });
  }

  function leave() {
    events?.close();
    events = undefined;
  }

  if (place) {
    document.addEventListener('visibilitychange', follow);
    // A page that is left is kept for coming back only when nothing is open.
    addEventListener('pagehide', leave);
    addEventListener('pageshow', follow);
  }
}
