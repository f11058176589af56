"""The tables of a collection's database, version by version.

`texts` has the full texts, `keys` by what else papers are known (`retrieval.identity`), `authors` and `lacking` what is
counted of papers: who wrote them, and which of "author", "abstract" and "link" they have none of. A row of each
belongs to the paper of its number, and goes with it.
"""

from __future__ import annotations

from retrieval.facets import FACETS, Facet

VERSION = 2
"""A database of a newer one is not touched."""
FIRST = """
CREATE TABLE papers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    place INTEGER NOT NULL,
    origin TEXT NOT NULL,
    added INTEGER,
    removed INTEGER,
    published TEXT,
    digest BLOB NOT NULL,
    spans TEXT NOT NULL
);
CREATE TABLE records (number INTEGER PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE generations (
    number INTEGER PRIMARY KEY,
    made_with TEXT NOT NULL,
    segments TEXT NOT NULL,
    papers INTEGER NOT NULL,
    corpus TEXT NOT NULL,
    facets TEXT NOT NULL,
    documents INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    letters BLOB NOT NULL
);
CREATE TABLE identity (name TEXT NOT NULL);
INSERT INTO identity VALUES (lower(hex(randomblob(6))));
CREATE TABLE sources (origin TEXT PRIMARY KEY, signature TEXT NOT NULL);
CREATE INDEX papers_id ON papers (id);
CREATE INDEX papers_place ON papers (place);
CREATE INDEX papers_published ON papers (published, place, added, removed);
CREATE INDEX papers_staged ON papers (number) WHERE added IS NULL;
CREATE INDEX papers_removed ON papers (removed) WHERE removed IS NOT NULL
"""
# What is told of a text stands before its blobs, so that it is read without them.
SECOND = """
CREATE TABLE texts (
    number INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    characters INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    file TEXT,
    body BLOB NOT NULL,
    layout BLOB NOT NULL
);
CREATE INDEX texts_digest ON texts (digest);
CREATE INDEX texts_file ON texts (file) WHERE file IS NOT NULL;
CREATE TABLE keys (key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
CREATE TABLE authors (name TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (name, number)) WITHOUT ROWID;
CREATE TABLE lacking (what TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (what, number)) WITHOUT ROWID
"""
OFFERED = tuple(facet for facet in FACETS if facet.offered)
"""The facets that have a column of their own."""
LEADS_TO_WEB = "leads_to_web"
"""An SQL function: whether an address does so (`retrieval.web_address`)."""
KEYS_IN = "keys_in"
"""An SQL function: the numbers of a record's keys (`retrieval.papers.found_by`), as JSON."""
_AUTHORS = """
SELECT DISTINCT a.value AS name, r.number AS number FROM records r, json_each(r.record, '$.authors') a
WHERE a.value <> ''
"""
_LACKING = {
    "author": """
SELECT r.number AS number FROM records r
WHERE NOT EXISTS (SELECT 1 FROM json_each(r.record, '$.authors') a WHERE a.value <> '')
""",
    "abstract": """
SELECT r.number AS number FROM records r WHERE COALESCE(json_extract(r.record, '$.abstract'), '') = ''
""",
    "link": f"""
SELECT r.number AS number FROM records r WHERE COALESCE(json_extract(r.record, '$.arxiv_id'), '') = ''
AND COALESCE(json_extract(r.record, '$.doi'), '') = '' AND NOT {LEADS_TO_WEB}(json_extract(r.record, '$.url'))
""",
}
_LACKED = " UNION ALL ".join(f"SELECT '{what}' AS what, * FROM ({sql})" for what, sql in _LACKING.items())
FIRST_READ_AS_SECOND = f"""
CREATE TEMP TABLE texts (number INTEGER PRIMARY KEY, digest, characters, pages, file, body, layout);
CREATE TEMP VIEW keys AS SELECT k.value AS key, r.number AS number FROM records r, json_each({KEYS_IN}(r.record)) k;
CREATE TEMP VIEW authors AS {_AUTHORS};
CREATE TEMP VIEW lacking AS {_LACKED}
"""
"""What a reader of the first version puts in the place of the tables that it lacks, for its own connection alone."""


def column(facet: Facet) -> str:
    """The column that has a facet's value."""
    return f"facet_{facet.name}"


def statements(script: str) -> list[str]:
    """The statements of a script; none of them has a semicolon within."""
    return [one for one in map(str.strip, script.split(";")) if one]
