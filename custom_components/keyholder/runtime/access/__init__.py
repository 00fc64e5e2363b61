"""Who may have access and who had it: rules, their inputs, and the log of access events."""
