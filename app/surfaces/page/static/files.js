// The files that are dropped on the page or chosen: folders are gone through, and many are sent in parts.
(() => {
  const MOST_FILES = 5000; // of a folder
  const PART_FILES = 50; // of one request; the server takes 200
  const PART_BYTES = 100_000_000; // of one request, unless one file alone has more; the server takes 500 MB
  const named = (kinds) => new RegExp(`\\.(?:${kinds.replaceAll(" ", "|")})(?:\\.gz)?$`, "i");
  // What is read (retrieval/documents, retrieval/readers). A file that is named by itself is sent whatever it is.
  const READ = named("bib biblatex bibtex csljson csv ids json jsonl markdown md ndjson pdf ris tab tsv txt");
  // What papers come as too and nothing reads, of which a PDF can be had (retrieval/adding/unread.py).
  const UNREAD = named(
    "azw azw3 djv djvu doc docm docx dotx eps epub fb2 htm html ipynb key ltx mht mhtml mobi odp odt oxps pages " +
      "ppt pptm pptx ps rtf tex webarchive wpd xhtml xps",
  );

  const entriesOf = (reader) => new Promise((found, failed) => reader.readEntries(found, failed));
  const fileOf = (entry) => new Promise((found, failed) => entry.file(found, failed));

  // All files of a dropped folder, as far as somebody may read them.
  async function within(folder, found) {
    const reader = folder.createReader();
    for (;;) {
      const entries = await entriesOf(reader).catch(() => []);
      if (!entries.length || found.length >= MOST_FILES) return;
      for (const entry of entries) {
        if (entry.name.startsWith(".")) continue;
        if (entry.isDirectory) await within(entry, found);
        else found.push(await fileOf(entry).catch(() => null));
      }
    }
  }

  // {files, unread, left}: what is to be sent; of the files of folders the names of those that papers come as and
  // nothing reads, and how many are of other kinds.
  function sorted(alone, ofFolders) {
    const known = ofFolders.filter((file) => file && READ.test(file.name));
    const unread = ofFolders.filter((file) => file && UNREAD.test(file.name)).map((file) => file.name);
    return { files: [...alone, ...known], unread, left: ofFolders.length - known.length - unread.length };
  }

  async function dropped(transfer) {
    // Only while the event lasts does it give its entries.
    const entries = [...(transfer.items ?? [])].map((item) => item.webkitGetAsEntry?.());
    if (!entries.some((entry) => entry?.isDirectory)) return sorted([...transfer.files], []);
    const alone = [];
    const ofFolders = [];
    for (const entry of entries) {
      if (entry?.isDirectory) await within(entry, ofFolders);
      else if (entry) alone.push(await fileOf(entry).catch(() => null));
    }
    return sorted(alone.filter(Boolean), ofFolders);
  }

  // Of a folder that was chosen, each file says where in it it lies.
  function chosen(input) {
    const files = [...input.files];
    return input.webkitdirectory ? sorted([], files) : sorted(files, []);
  }

  // The files in requests that the server takes, in their order.
  function parts(files) {
    const cut = [];
    let bytes = Infinity;
    for (const file of files) {
      if (bytes + file.size > PART_BYTES || cut.at(-1).length >= PART_FILES) {
        cut.push([]);
        bytes = 0;
      }
      cut.at(-1).push(file);
      bytes += file.size;
    }
    return cut;
  }

  Object.assign(window.paperbacked, { files: { dropped, chosen, parts } });
})();
