"""The flows that add locks and people to a site, change them, and remove them."""
