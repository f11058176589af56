"""Metadata of papers from the web, and reference libraries of Zotero; nothing here runs unless a user asked for it."""
