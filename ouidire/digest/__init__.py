"""What a marketer reads in the morning: gathered once from the published file, shown in a terminal and on a page."""
