// The list of articles by keyboard, on and on, and with many selected. Without it the list has pages and checkboxes.
{
  /** The address can ask for this many articles at once (`limit`). */
  const ADDRESS_MAX_ARTICLES = 200;
  /** Older articles are asked for this far before the end comes into view. */
  const AHEAD = '600px';

  const list = document.querySelector('#articles');
  const status = document.querySelector('#list-status');
  const form = document.querySelector('form.bulk');
  const items = () => [...(list?.children ?? [])];
  const linkIn = (item) => item.querySelector('h2 a');
  const boxIn = (item) => item.querySelector('.select input');
  const itemOf = (element) => element?.closest?.('#articles > li') ?? undefined;
  const say = (words) => {
    status.textContent = '';
    requestAnimationFrame(() => {
      status.textContent = words;
    });
  };

  // On and on: the link to older articles brings them into this list, and the address says how much of it is shown.
  const here = new URL(location.href);
  const chunks = [{ after: here.searchParams.get('after'), size: items().length }];
  let loading = false;

  async function loadOlder() {
    const link = document.querySelector('.paging a[rel=next]');
    if (!link || loading) return false;
    loading = true;
    list.setAttribute('aria-busy', 'true');
    link.textContent = inWords('loading');
    try {
      const response = await fetch(link.href, { headers: { accept: 'text/html' } });
      if (!response.ok || response.redirected) throw new Error(`answered ${response.status}`);
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      // Another language was chosen meanwhile: the whole list has to be in it.
      if (page.documentElement.lang !== document.documentElement.lang) return location.reload();
      const more = [...page.querySelectorAll('#articles > li')].filter(({ id }) => !document.getElementById(id));
      list.append(...more);
      document.querySelector('.paging').replaceWith(page.querySelector('.paging'));
      chunks.push({ after: new URL(link.href).searchParams.get('after'), size: more.length });
      keepAddress();
      showSelected();
      watchEnd();
      say(inWords('loaded', more.length));
      return true;
    } catch {
      link.textContent = inWords('loadAgain');
      say(inWords('loadFailed'));
      return false;
    } finally {
      loading = false;
      list.removeAttribute('aria-busy');
    }
  }

  /** As much of the end of the list as one page can show: who comes back or reloads finds what was in view. */
  function keepAddress() {
    let from = 0;
    const sizeFrom = (place) => chunks.slice(place).reduce((sum, { size }) => sum + size, 0);
    while (from < chunks.length - 1 && sizeFrom(from) > ADDRESS_MAX_ARTICLES) from++;
    const address = new URL(location.href);
    for (const name of ['act', 'asked', 'after']) address.searchParams.delete(name);
    if (chunks[from].after) address.searchParams.set('after', chunks[from].after);
    address.searchParams.set('limit', String(Math.min(ADDRESS_MAX_ARTICLES, sizeFrom(from))));
    address.hash = '';
    history.replaceState(history.state, '', address);
  }

  const endWatch = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && loadOlder(), {
    rootMargin: AHEAD,
  });
  function watchEnd() {
    endWatch.disconnect();
    const link = document.querySelector('.paging a[rel=next]');
    if (link) endWatch.observe(link);
  }
  document.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest('.paging a[rel=next]')) return;
    event.preventDefault();
    loadOlder();
  });
  // The first page stays a page until one goes down it.
  addEventListener('scroll', watchEnd, { once: true, passive: true });
  addEventListener('pagehide', () => {
    const address = new URL(location.href);
    for (const name of ['act', 'asked']) address.searchParams.delete(name);
    sessionStorage.setItem('belfry-list', address.pathname + address.search);
  });

  // By keyboard: the article that has the focus is the one that keys are about.
  const current = () => itemOf(document.activeElement);
  function go(item) {
    if (!item) return;
    linkIn(item).focus({ preventScroll: true });
    item.scrollIntoView({ block: 'nearest' });
  }
  const firstInView = () => items().find((item) => item.getBoundingClientRect().bottom > 0);
  async function next() {
    const at = current();
    if (!at) return go(firstInView());
    if (!at.nextElementSibling) await loadOlder();
    go(at.nextElementSibling);
  }
  const keys = {
    j: next,
    k: () => go(current()?.previousElementSibling ?? firstInView()),
    o: () => current() && linkIn(current()).click(),
    x: () => current() && toggle(current()),
    X: () => current() && selectTo(current()),
  };
  document.addEventListener('belfry:key', (event) => {
    const act = list && keys[event.detail.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  // Not before: while a page loads, going to its fragment takes the focus off what can't hold it itself.
  addEventListener('pageshow', () => {
    const item = location.hash.startsWith('#article-') && document.getElementById(location.hash.slice(1));
    if (item) linkIn(item).focus({ preventScroll: true });
  });

  // Selecting, with ranges by Shift.
  let anchor;
  const selected = () => items().filter((item) => boxIn(item)?.checked);
  function toggle(item) {
    const box = boxIn(item);
    if (!box) return;
    box.checked = !box.checked;
    anchor = item;
    showSelected();
  }
  function selectTo(item) {
    const all = items();
    const from = anchor ? all.indexOf(anchor) : all.indexOf(item);
    const to = all.indexOf(item);
    const wanted = anchor ? boxIn(anchor)?.checked : true;
    for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) {
      const box = boxIn(each);
      if (box) box.checked = wanted;
    }
    anchor = item;
    showSelected();
  }
  function showSelected() {
    if (!form) return;
    const count = selected().length;
    form.querySelector('#selected').textContent = count === 0 ? '' : inWords('selected', count);
    const all = form.querySelector('#select-all');
    all.checked = count > 0 && count === items().length;
    all.indeterminate = count > 0 && count < items().length;
  }
  if (form) {
    form.querySelector('.all').hidden = false;
    form.addEventListener('click', (event) => {
      if (!event.target.matches('.select input')) return;
      const item = itemOf(event.target);
      if (event.shiftKey && anchor && anchor !== item) {
        const wanted = event.target.checked;
        boxIn(anchor).checked = wanted;
        selectTo(item);
      }
      anchor = item;
      showSelected();
    });
    form.querySelector('#select-all').addEventListener('change', (event) => {
      for (const item of items()) boxIn(item).checked = event.target.checked;
      showSelected();
    });
    form.addEventListener('submit', (event) => {
      if (selected().length === 0 && current()) boxIn(current()).checked = true;
      const chosen = selected();
      if (chosen.length === 0) {
        event.preventDefault();
        form.querySelector('#selected').textContent = inWords('selectFirst');
        return;
      }
      const last = chosen.at(-1);
      const after = items().slice(items().indexOf(last) + 1);
      const back = after.find((item) => !boxIn(item).checked) ?? last;
      form.elements.namedItem('at').value = back.id.replace('article-', '');
      const action = new URL(form.action);
      const place = new URL(location.href).searchParams;
      for (const name of ['act', 'asked']) place.delete(name);
      action.search = place.toString();
      form.action = action;
    });
    // A browser that comes back restores the boxes.
    addEventListener('pageshow', showSelected);
  }

  // What was just done is there when the page comes, and would not be read out.
  const done = document.querySelector('.judged [role=status]');
  if (done) say(done.textContent);
}
