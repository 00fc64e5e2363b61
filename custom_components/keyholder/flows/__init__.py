"""Config subentry flows that add, change and remove the locks and people of a site."""
