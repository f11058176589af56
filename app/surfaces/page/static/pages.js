// A paper's pages, above whatever is shown: `#page=ID/PAGE/BOXES` opens the page with the boxes lit, and the pages around
// it. quote_places.py writes such addresses.
(() => {
  const { find, all, make, button, say, stage, leaf, paperPlace, paperFetched, whyNot } = window.paperbacked;
  const MOST_PAGES = 2000;
  const MOST_BOXES = 60;
  const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
  const PHONE = "(max-width: 640px)"; // as in pages.css
  const MARGIN = 12; // pixels left and right of a quote that fills the width
  const MOST_LINE = 28; // pixels that its lines are high at the most
  let open = null; // what is shown: {id, dialog, scroller, leaves, page, …}
  let came = false; // whether this page was at another place before, to which closing goes back
  let opener = null; // what has the focus again after it

  // ---- the address
  function boxesOf(text) {
    const boxes = text.split(";").map((one) => /^(\d+):([\d.]+),([\d.]+),([\d.]+),([\d.]+)$/.exec(one));
    return boxes
      .filter(Boolean)
      .slice(0, MOST_BOXES)
      .map(([, page, ...sides]) => {
        const [x0, y0, x1, y1] = sides.map(Number);
        return { page: Number(page), x0, y0, x1, y1 };
      });
  }

  function wanted() {
    if (!location.hash.startsWith("#page=")) return null;
    const [id, page, lit] = location.hash.slice("#page=".length).split("/");
    try {
      return { id: decodeURIComponent(id), page: Math.max(1, Number.parseInt(page, 10) || 1), lit: lit ?? "" };
    } catch {
      return null;
    }
  }
  const addressOf = ({ id, page, lit }) => `#page=${encodeURIComponent(id)}/${page}${lit ? `/${lit}` : ""}`;

  // ---- the sheet
  function sheet(place) {
    const dialog = make("dialog", "pages");
    dialog.id = "pages";
    const bar = make("div", "pages-bar");
    const name = make("a", "pages-name", say("pages_paper"));
    name.href = paperPlace(place.id);
    const told = make("p", "pages-at");
    told.setAttribute("role", "status");
    const acts = make("div", "pages-acts");
    const act = (sign, key, does) => {
      const node = button(sign, does);
      node.setAttribute("aria-label", say(key));
      node.title = say(key);
      acts.append(node);
      return node;
    };
    const shown = { ...place, dialog, told, leaves: [], boxes: boxesOf(place.lit), zoom: 1, name };
    shown.previous = act("←", "pages_previous", () => turn(shown, -1));
    shown.next = act("→", "pages_next", () => turn(shown, 1));
    shown.smaller = act("−", "pages_smaller", () => zoom(shown, smaller(shown)));
    shown.larger = act("+", "pages_larger", () => zoom(shown, larger(shown)));
    act("×", "pages_close", close).classList.add("pages-close");
    bar.append(name, told, acts);
    shown.scroller = make("div", "pages-scroller");
    shown.scroller.tabIndex = 0;
    shown.stack = make("div", "pages-stack");
    shown.scroller.append(shown.stack);
    shown.quote = make("p", "read-out");
    dialog.append(bar, shown.quote, shown.scroller);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) close();
    });
    dialog.addEventListener("keydown", (event) => keys(event, shown));
    shown.scroller.addEventListener("scroll", () => seen(shown), { passive: true });
    return shown;
  }

  async function show(place) {
    if (open) remove();
    opener = document.activeElement;
    open = sheet(place);
    const mine = open;
    stage().append(mine.dialog);
    mine.dialog.setAttribute("aria-label", say("pages_label", { title: "" }));
    mine.dialog.showModal();
    mine.scroller.focus({ preventScroll: true });
    const first = leaf(mine.id, mine.page, mine.boxes);
    mine.stack.append(first.node);
    const naming = title(mine);
    try {
      const page = await first.draw();
      if (open === mine && page) lay(mine, first, page);
    } catch (error) {
      console.warn(error);
      if (open === mine) mine.stack.replaceChildren(make("p", "pages-gone", say("pages_gone", { why: whyNot(error) })));
    }
    await naming;
  }

  async function title(mine) {
    try {
      const paper = await paperFetched(mine.id);
      const name = String(paper.title || paper.label || paper.id);
      mine.name.textContent = name;
      mine.dialog.setAttribute("aria-label", say("pages_label", { title: name }));
    } catch (error) {
      console.warn(error); // the pages say themselves why they are not there
    }
  }

  // All pages, those that nobody has looked at yet as blank sheets of the first one's size.
  function lay(mine, first, { pages, width, height }) {
    mine.pages = Math.min(pages, MOST_PAGES);
    const drawn = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) if (entry.isIntersecting) draw(mine, entry.target);
      },
      { root: mine.scroller, rootMargin: "60% 0%" },
    );
    for (let number = 1; number <= mine.pages; number += 1) {
      const one = number === mine.page ? first : leaf(mine.id, number, mine.boxes);
      if (one !== first) one.size({ width, height });
      one.nameOf(pages);
      mine.leaves.push(one);
    }
    mine.stack.replaceChildren(...mine.leaves.map((one) => one.node));
    if (matchMedia(PHONE).matches) fitQuote(mine, first);
    bringTo(mine, mine.page);
    for (const one of mine.leaves) drawn.observe(one.node);
    at(mine);
    if (mine.boxes.length) mine.quote.textContent = say("pages_lit", { page: mine.boxes[0].page });
  }

  function draw(mine, node) {
    mine.leaves[Number(node.dataset.page) - 1].draw().catch((error) => console.warn(error));
  }

  // The page's top, or what is lit on it, comes into view.
  function bringTo(mine, number) {
    const { node } = mine.leaves[number - 1];
    const lit = litColumn(node);
    const top = node.offsetTop + (lit ? Math.max(0, lit.top - mine.scroller.clientHeight / 3) : -8);
    const left = lit ? Math.max(0, node.offsetLeft + lit.left - MARGIN) : 0;
    mine.scroller.scrollTo({ top, left, behavior: "instant" });
  }

  // Where on a page the first box that is lit stands, with those of its column: {top, left, right, line}, in pixels.
  // What is higher than the line before it stands in the next column.
  function litColumn(node) {
    const boxes = all(".leaf-lit", node).map(({ offsetLeft, offsetWidth, offsetTop, offsetHeight }) => ({
      left: offsetLeft,
      right: offsetLeft + offsetWidth,
      top: offsetTop,
      line: offsetHeight,
    }));
    if (!boxes.length) return null;
    const next = boxes.findIndex((box, number) => number && box.top < boxes[number - 1].top - box.line / 2);
    const column = next < 0 ? boxes : boxes.slice(0, next);
    const left = Math.min(...column.map((box) => box.left));
    const right = Math.max(...column.map((box) => box.right));
    return { ...column[0], left, right };
  }

  // ---- turning
  function turn(mine, by) {
    const number = mine.page + by;
    if (!mine.leaves[number - 1]) return;
    mine.page = number;
    const { node } = mine.leaves[number - 1];
    mine.scroller.scrollTo({ top: node.offsetTop - 8, behavior: "instant" });
    at(mine);
  }

  // The page that fills most of the view is the one that is looked at.
  function seen(mine) {
    const middle = mine.scroller.scrollTop + mine.scroller.clientHeight / 2;
    const one = mine.leaves.findLast(({ node }) => node.offsetTop <= middle);
    if (!one || one.number === mine.page) return;
    mine.page = one.number;
    at(mine);
  }

  function at(mine) {
    mine.told.textContent = say("pages_at", { page: mine.page, pages: mine.pages });
    mine.previous.disabled = mine.page === 1;
    mine.next.disabled = mine.page === mine.pages;
    history.replaceState(history.state, "", addressOf(mine));
  }

  // ---- zoom: what was in the middle stays there
  const smaller = (mine) => ZOOMS.findLast((one) => one < mine.zoom);
  const larger = (mine) => ZOOMS.find((one) => one > mine.zoom);

  function zoom(mine, next) {
    if (!next) return;
    const { scroller } = mine;
    const middle = (scroller.scrollTop + scroller.clientHeight / 2) / scroller.scrollHeight;
    setZoom(mine, next);
    scroller.scrollTop = middle * scroller.scrollHeight - scroller.clientHeight / 2;
    scroller.scrollLeft = (scroller.scrollWidth - scroller.clientWidth) / 2;
  }

  // Where a page is too small to be read at its width, its quote fills that instead.
  function fitQuote(mine, { node, draw }) {
    const lit = litColumn(node);
    if (!lit) return;
    const fits = (mine.scroller.clientWidth - 2 * MARGIN) / Math.max(1, lit.right - lit.left);
    setZoom(mine, Math.max(1, Math.min(fits, MOST_LINE / Math.max(1, lit.line), ZOOMS.at(-1))));
    draw().catch((error) => console.warn(error)); // its picture, as fine as it is shown now
  }

  function setZoom(mine, factor) {
    mine.zoom = factor;
    mine.stack.style.setProperty("--pages-zoom", factor);
    mine.smaller.disabled = !smaller(mine);
    mine.larger.disabled = !larger(mine);
    for (const node of all(".leaf", mine.stack)) {
      const { top, bottom } = node.getBoundingClientRect();
      if (mine.leaves.length && bottom > 0 && top < innerHeight) draw(mine, node);
    }
  }

  function keys(event, mine) {
    const zooms = { "+": larger, "=": larger, "-": smaller };
    const turns = { ArrowRight: 1, ArrowLeft: -1 };
    if ((event.ctrlKey || event.metaKey) && event.key in zooms) zoom(mine, zooms[event.key](mine));
    else if ((event.ctrlKey || event.metaKey) && event.key === "0") zoom(mine, 1);
    else if (event.key in turns && !event.ctrlKey && !event.metaKey && !event.altKey) turn(mine, turns[event.key]);
    else return;
    event.preventDefault();
  }

  // ---- opening and closing, as the address says
  function close() {
    if (came) history.back();
    else {
      location.hash = document.documentElement.dataset.section === "paper" ? paperPlace(open.id) : "ask";
    }
  }
  function remove() {
    open.dialog.close();
    open.dialog.remove();
    open = null;
    if (opener?.isConnected) opener.focus({ preventScroll: true });
  }
  function follow() {
    const place = wanted();
    if (!place) {
      if (open) remove();
    } else if (open?.id !== place.id || open.lit !== place.lit) show(place);
    else if (open.page !== place.page && open.leaves[place.page - 1]) {
      open.page = place.page;
      bringTo(open, place.page);
      at(open);
    }
  }
  addEventListener("hashchange", (event) => {
    came = !new URL(event.oldURL).hash.startsWith("#page=") || came;
    follow();
  });

  // A link to a page opens it once the words of this page are there.
  const starting = new MutationObserver(() => {
    if (!find(".masthead[data-ready]")) return;
    starting.disconnect();
    follow();
  });
  starting.observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-ready"] });
})();
