"""paperbacked beside what one would otherwise use: the same texts, the same machine, one sitting."""
