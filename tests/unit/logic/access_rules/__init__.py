"""What a rule says at a moment: tables of cases, and a slow reference."""
