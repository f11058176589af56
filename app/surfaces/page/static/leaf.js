// One page of a document: its picture, the quote's boxes lit on it, and its words above it, unseen, to be marked and
// read aloud. Outside text is only ever set with textContent.
(() => {
  const { make, button, say, apiAddress, paperFetched } = window.paperbacked;
  const WIDTHS = [400, 600, 800, 1000, 1200, 1600, 2000]; // of pictures, so that the server draws each few times
  const percent = (part, whole) => `${((100 * part) / whole).toFixed(3)}%`;
  let measure = null; // what tells how wide a text is

  function widthOf(text) {
    measure ??= document.createElement("canvas").getContext("2d");
    measure.font = "100px sans-serif";
    return measure.measureText(text).width / 100; // of a letter's height
  }

  // Words as they stand in lines: what follows in one line is one text, so that it is marked and copied as such.
  function linesOf(words) {
    const lines = [];
    for (const { text, x0, y0, x1, y1 } of words) {
      const line = lines.at(-1);
      const height = y1 - y0;
      const shared = line ? Math.min(line.y1, y1) - Math.max(line.y0, y0) : 0;
      const near = line && x0 >= line.x0 && x0 - line.x1 < 2 * height && shared > height / 2;
      if (near) {
        // Pieces without room between them are one word.
        line.text += x0 - line.x1 > 0.05 * height ? ` ${text}` : text;
        line.x1 = Math.max(line.x1, x1);
        line.y0 = Math.min(line.y0, y0);
        line.y1 = Math.max(line.y1, y1);
      } else lines.push({ text: String(text), x0, y0, x1, y1 });
    }
    return lines;
  }

  function lineNode(line, page) {
    const node = make("span", "leaf-line", line.text);
    const height = line.y1 - line.y0;
    node.style.left = percent(line.x0, page.width);
    node.style.top = percent(line.y0, page.height);
    node.style.fontSize = `${((100 * height) / page.width).toFixed(3)}cqw`;
    const wide = widthOf(line.text) * height;
    if (wide > 0) node.style.transform = `scaleX(${((line.x1 - line.x0) / wide).toFixed(4)})`;
    return node;
  }

  function litBox(box, page) {
    const node = make("span", "leaf-lit");
    node.style.left = percent(box.x0, page.width);
    node.style.top = percent(box.y0, page.height);
    node.style.width = percent(box.x1 - box.x0, page.width);
    node.style.height = percent(box.y1 - box.y0, page.height);
    return node;
  }

  // A page of the paper `id`, drawn once `draw` is called, as wide as its place is then.
  function leaf(id, number, boxes) {
    const node = make("div", "leaf");
    node.dataset.page = number;
    node.setAttribute("role", "group");
    let state = "blank";
    let drawnAt = 0; // the width of its picture, in pixels

    function nameOf(pages) {
      node.setAttribute("aria-label", say("pages_at", { page: number, pages }));
    }

    function picture(width) {
      const image = make("img");
      image.alt = "";
      image.decoding = "async";
      image.draggable = false;
      image.src = apiAddress(`papers/${encodeURIComponent(id)}/pages/${number}.png`, { width });
      return image;
    }

    function sharpest() {
      const wanted = node.clientWidth * Math.min(devicePixelRatio || 1, 2);
      return WIDTHS.find((width) => width >= wanted) ?? WIDTHS.at(-1);
    }

    function failed(again) {
      const told = make("p", "leaf-failed");
      told.append(make("span", "", say("pages_failed")), " ", button(say("pages_again"), again));
      node.replaceChildren(told);
      state = "blank";
    }

    // Raises the server's refusal where it has no such page.
    async function draw() {
      if (state === "drawn" && sharpest() > drawnAt) return sharpen();
      if (state !== "blank") return null;
      state = "asked";
      node.replaceChildren(make("p", "leaf-loading", say("pages_loading")));
      try {
        const page = await paperFetched(id, `/pages/${number}`);
        size(page);
        nameOf(page.pages);
        const words = make("div", "leaf-words");
        const lines = linesOf(page.words).flatMap((line) => [lineNode(line, page), "\n"]);
        words.append(...lines);
        drawnAt = sharpest();
        const image = picture(drawnAt);
        image.addEventListener("error", () => failed(draw));
        const lit = boxes.filter((box) => box.page === number).map((box) => litBox(box, page));
        node.replaceChildren(image, ...lit, words);
        state = "drawn";
        return page;
      } catch (error) {
        failed(draw);
        throw error;
      }
    }

    // The same in a finer picture; the one that is there stays until that has come.
    function sharpen() {
      drawnAt = sharpest();
      const image = picture(drawnAt);
      image.addEventListener("load", () => node.querySelector("img")?.replaceWith(image));
      return null;
    }

    function size({ width, height }) {
      node.style.aspectRatio = `${width} / ${height}`;
    }

    return { node, number, draw, size, nameOf };
  }

  Object.assign(window.paperbacked, { leaf });
})();
