"""Papers added to a collection from whatever its reader has: files, folders, ids, a Zotero library."""
