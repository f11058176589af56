"""What was asked: dates, courtesies, and a question of a conversation made to stand alone."""
