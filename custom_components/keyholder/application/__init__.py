"""What can be done to a site, each with its refusals: dialogs, actions and repairs use it."""
