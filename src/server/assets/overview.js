// Dragging over a chart of the overview, with a mouse or a finger, looks closer at that period in all of them; the address says
// which one is shown.
{
  /** Pixels; a shorter drag is a click. */
  const LEAST_DRAG = 4;
  const DAY_MILLISECONDS = 86_400_000;
  const status = document.querySelector('#period-shown');
  const dayWords = new Intl.DateTimeFormat(document.documentElement.lang, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
  const numberWords = new Intl.NumberFormat(document.documentElement.lang);
  let charts = [];
  let loading = false;
  /** The address that is shown, without its fragment. */
  let shown = placeOf(location);
  /** Counts what was asked for: only the latest is shown. */
  let turn = 0;

  function placeOf(address) {
    const { pathname, search } = new URL(address, location.href);
    return pathname + search;
  }
  const overview = () => document.querySelector('#overview');
  /** A day by its place in the charts. */
  const dayAt = (place) =>
    new Date(Date.parse(overview().querySelector('.multiples').dataset.first) + place * DAY_MILLISECONDS);

  function draw() {
    for (const { chart, watch } of charts) {
      watch.disconnect();
      chart.destroy();
    }
    charts = [...overview().querySelectorAll('.plot')].map(chartIn);
    overview().querySelector('#brush-hint').hidden = false;
    const { whole } = history.state ?? {};
    const reset = overview().querySelector('#whole-period');
    if (reset && whole) reset.href = whole;
  }

  function chartIn(place) {
    const counts = place.dataset.counts.split(' ').map(Number);
    const pointedAt = place.parentElement.querySelector('.pointed-at');
    const look = (selector, property) => getComputedStyle(place.querySelector(selector))[property];
    const size = () => ({ width: place.clientWidth, height: place.clientHeight });
    const options = {
      ...size(),
      padding: [2, 0, 1, 0],
      legend: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false }, y: { range: (_chart, _least, most) => [0, Math.max(1, most)] } },
      series: [
        {},
        {
          stroke: () => look('polyline', 'stroke'),
          fill: () => look('polygon', 'fill'),
          width: 1.5,
          points: { show: false },
        },
      ],
      cursor: {
        y: false,
        points: { size: 6, fill: () => look('polyline', 'stroke') },
        drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG },
        sync: { key: 'overview', scales: ['x', null] },
        bind: { dblclick: () => null },
      },
      hooks: {
        setCursor: [
          ({ cursor: { idx } }) => {
            pointedAt.textContent =
              idx == null ? '' : `${dayWords.format(dayAt(idx))}: ${numberWords.format(counts[idx])}`;
          },
        ],
        setSelect: [(chart) => choose(chart, counts.length)],
      },
    };
    const chart = new uPlot(options, [counts.map((_, day) => day), counts], place);
    brushByTouch(chart);
    const watch = new ResizeObserver(() => chart.setSize(size()));
    watch.observe(place);
    return { chart, watch };
  }

  /** uPlot hears mice alone. Up and down scrolls the page, and two fingers zoom it: then the browser takes the touch away. */
  function brushByTouch(chart) {
    const { over } = chart;
    /** Where the finger came down, in pixels from the left; null while there is none. */
    let start = null;
    const place = (event) => {
      const { left, width } = over.getBoundingClientRect();
      return Math.min(width, Math.max(0, event.clientX - left));
    };
    const isDrag = (event) => start !== null && event.isPrimary && Math.abs(place(event) - start) >= LEAST_DRAG;
    const letGo = () => {
      if (start === null) return;
      start = null;
      mark(chart, 0, 0);
      chart.setCursor({ left: -1, top: -1 }, true, true);
    };
    over.addEventListener('pointerdown', (event) => {
      letGo();
      if (event.pointerType === 'touch' && event.isPrimary) start = place(event);
    });
    over.addEventListener('pointermove', (event) => {
      if (!isDrag(event)) return;
      chart.setCursor({ left: place(event), top: 0 }, true, true);
      mark(chart, start, place(event));
    });
    over.addEventListener('pointerup', (event) => {
      const stretch = isDrag(event) && { ...chart.select };
      letGo();
      if (stretch) chart.setSelect(stretch);
    });
    over.addEventListener('pointercancel', letGo);
  }

  /** The same stretch in all charts, between two places in the one. */
  function mark(chart, start, end) {
    const [first, last] = [Math.min(start, end), Math.max(start, end)].map((pixels) => chart.posToVal(pixels, 'x'));
    for (const { chart } of charts) {
      const [left, right] = [first, last].map((value) => chart.valToPos(value, 'x'));
      chart.setSelect({ left, top: 0, width: right - left, height: chart.over.clientHeight }, false);
    }
  }

  /** All charts tell of the same drag: the first one that does is heard. */
  function choose(chart, days) {
    const { left, width } = chart.select;
    if (loading || width === 0) return;
    const dayUnder = (pixels) => Math.min(days - 1, Math.max(0, Math.round(chart.posToVal(pixels, 'x'))));
    const [first, last] = [dayUnder(left), dayUnder(left + width)];
    for (const { chart } of charts) {
      if (first < last) chart.setScale('x', { min: first, max: last });
      chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    }
    const address = new URL(location.href);
    const [from, to] = [first, last].map((place) => dayAt(place).toISOString().slice(0, 10));
    address.search = new URLSearchParams({ from, to });
    show(address, { whole: history.state?.whole ?? location.href });
  }

  /** What the server says of a period takes the place of what is shown, under the reader's eyes. */
  async function show(address, state) {
    // A key that is held down asks again and again.
    if (loading && state !== undefined) return;
    const own = ++turn;
    loading = true;
    overview().setAttribute('aria-busy', 'true');
    try {
      const response = await fetch(address, { headers: { accept: 'text/html' } });
      if (!response.ok) throw new Error(`answered ${response.status}`);
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      if (own !== turn) return;
      // Another language was chosen meanwhile: the frame has to be in it, too.
      if (page.documentElement.lang !== document.documentElement.lang) return location.assign(address);
      const { id } = document.activeElement ?? {};
      if (state !== undefined) history.pushState(state, '', address);
      shown = placeOf(address);
      overview().replaceWith(page.querySelector('#overview'));
      draw();
      if (id) document.getElementById(id)?.focus({ preventScroll: true });
      status.textContent = overview().querySelector('#over-time').textContent;
    } catch {
      // The browser's own way says what is wrong.
      if (own === turn) location.assign(address);
    } finally {
      if (own === turn) loading = false;
    }
  }

  if (overview()) {
    draw();
    // A link within the page changes the fragment alone.
    addEventListener('popstate', () => (loading || placeOf(location) !== shown) && show(location.href));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      for (const { chart } of charts) chart.redraw();
    });
    document.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest('#whole-period')) return;
      event.preventDefault();
      show(event.target.closest('#whole-period').href, {});
    });
    document.addEventListener('keydown', (event) => {
      const reset = overview().querySelector('#whole-period');
      if (event.key !== 'Escape' || !reset || event.target.closest('input, select')) return;
      show(reset.href, {});
    });
  }
}
