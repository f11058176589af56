// Check marks in the library: the papers that are chosen there are asked together.
(() => {
  const { find, all, wordsOf, askOnly } = window.paperbacked;
  const said = wordsOf(".library");
  const picked = new Set(); // ids, in the order in which they were chosen

  const most = () => Number(find(".library").dataset.mostPicked);
  const idOf = (mark) => mark.closest(".entry").dataset.id;

  function draw() {
    const bar = find("#library .picked");
    if (!bar) return;
    for (const mark of all("#library .pick")) mark.checked = picked.has(idOf(mark));
    const count = picked.size;
    const number = count.toLocaleString(find(".library").lang);
    const many = count > most();
    bar.hidden = !count;
    const told = count === 1 ? said("picked_one") : said("picked", { count: number });
    find("[role=status]", bar).textContent = many ? `${told}. ${said("picked_most", { count: most() })}` : told;
    const ask = find(".picked-ask", bar);
    ask.textContent = count === 1 ? said("ask_one") : said("ask_picked", { count: number });
    ask.hidden = many;
  }

  function none() {
    picked.clear();
    draw();
  }

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("#library .pick")) return;
    if (event.target.checked) picked.add(idOf(event.target));
    else picked.delete(idOf(event.target));
    draw();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#library .picked-clear")) {
      const last = all("#library .pick:checked").at(-1);
      none();
      last?.focus();
    } else if (event.target.closest?.("#library .picked-ask")) {
      askOnly([...picked]);
      none();
    }
  });

  // The list comes anew in another language, and when the collection has other papers.
  document.addEventListener("paperbacked:listed", () => {
    const there = new Set(all("#library .pick").map(idOf));
    for (const id of picked) if (!there.has(id)) picked.delete(id);
    draw();
  });
})();
