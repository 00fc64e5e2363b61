"""What of a rule a lock can hold: tables of cases, and a lock that goes by them."""
